/** A block of a PEM text (RFC 7468, section 2). */
export interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY`. */
  label: string;
  /** The text between its first and last line. */
  body: string;
  /** The whole block, without a line break at its end. */
  whole: string;
}

const BOUNDARY = /-----(BEGIN|END) ([A-Z0-9 ]+)-----/g;

/**
 * The blocks of a text, in order. A block has to end with its own label. The time is proportional to the length of any
 * text.
 * @param isWanted tells the labels that count; lines with other labels count as text
 */
export function pemBlocks(text: string, isWanted: (label: string) => boolean = () => true): PemBlock[] {
  const all = [...text.matchAll(BOUNDARY)].map(({ index, 0: line, 1: sort, 2: label = "" }) => ({
    isBegin: sort === "BEGIN",
    label,
    from: index,
    to: index + line.length,
  }));
  const boundaries = all.filter(({ label }) => isWanted(label));
  /** The ends that are still ahead, by label, the last one first. */
  const ends = new Map<string, { from: number; to: number }[]>();
  for (const boundary of boundaries.toReversed()) {
    if (boundary.isBegin) continue;
    const known = ends.get(boundary.label);
    if (known) known.push(boundary);
    else ends.set(boundary.label, [boundary]);
  }
  const blocks: PemBlock[] = [];
  let at = 0;
  for (const { isBegin, label, from, to } of boundaries) {
    if (!isBegin || from < at) continue;
    const left = ends.get(label) ?? [];
    while ((left.at(-1)?.from ?? to) < to) left.pop();
    const end = left.pop();
    if (end === undefined) continue;
    blocks.push({ label, body: text.slice(to, end.from), whole: text.slice(from, end.to) });
    at = end.to;
  }
  return blocks;
}
