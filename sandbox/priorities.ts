/** A policy or a rule, as far as its place in the order goes. */
export interface Ranked {
  id: string;
  priority: number;
  /** What Okta made; it comes last, wherever the others are. */
  system: boolean;
}

/**
 * The two ways in which Okta keeps priorities (Okta's guide "Policy and rule prioritization"):
 * `dense` counts from 1 without gaps, and a deletion closes up; `gapped` counts from 0, keeps the
 * numbers as they were given, and its system rule has 99.
 */
export type Order = "dense" | "gapped";

const LAST = 99;

/** What `items` look like from the first to the last. */
export function inOrder<T extends Ranked>(items: Iterable<T>): T[] {
  return [...items].sort((a, b) => Number(a.system) - Number(b.system) || a.priority - b.priority);
}

/** Closes the gaps of a dense order; a gapped one stays as it is. */
export function closeUp(order: Order, items: Iterable<Ranked>): void {
  if (order === "gapped") return;
  for (const [index, item] of inOrder(items).entries()) item.priority = index + 1;
}

/**
 * Gives `item`, which is among `items`, the priority `wanted`; whoever is in the way moves down.
 * Without one it comes last, before what Okta made. The place of a system item is not for the asking.
 */
export function place(order: Order, items: Iterable<Ranked>, item: Ranked, wanted: number | undefined): void {
  const all = inOrder(items);
  if (item.system) {
    if (order === "gapped") item.priority = LAST;
    closeUp(order, all);
    return;
  }
  const others = all.filter((other) => other !== item && !other.system);
  closeUp(order, others);
  const first = order === "dense" ? 1 : 0;
  const last = others.at(-1)?.priority ?? first - 1;
  item.priority = wanted === undefined ? last + 1 : Math.max(first, Math.min(wanted, LAST - 1));
  let taken = item.priority;
  for (const other of others) {
    if (other.priority < taken) continue;
    if (other.priority > taken) break;
    taken += 1;
    other.priority = taken;
  }
  closeUp(order, all);
}
