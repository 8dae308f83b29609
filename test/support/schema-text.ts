const LINE_CHARS = 120;

/** The text of a published schema's file, in which a list takes one line where it fits, as the formatter wants it. */
export function schemaText(schema: object): string {
  const text = JSON.stringify(schema, null, 2);
  const lists = /^( *"[^"\n]*": )\[\s+("[^"\n]*"(?:,\s+"[^"\n]*")*)\s+\](,?)$/gm;
  return `${text.replace(lists, (whole, start: string, items: string, end: string) => {
    const line = `${start}[${items.replace(/,\s+/g, ", ")}]${end}`;
    return line.length <= LINE_CHARS ? line : whole;
  })}\n`;
}
