/** Text as it stands in the source of a page, in Markdown's sign for code. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** Names in Markdown's sign for code, with commas between them. */
export function codes(names: readonly string[]): string {
  return names.map(code).join(", ");
}

/** One page: a title, then its parts with an empty line between them. A part is a line, or a list of items. */
export function page(title: string, ...parts: readonly (string | readonly string[])[]): string {
  const shown = parts.filter((part) => part.length > 0);
  const written = shown.map((part) => (typeof part === "string" ? part : part.map((item) => `- ${item}`).join("\n")));
  return `${[`# ${title}`, ...written].join("\n\n")}\n`;
}
