/** A Markdown table; a bar inside a cell is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

export const code = (text: string) => `\`${text}\``;

/** A fenced block, with a fence that nothing in it can end. */
export function block(language: string, text: string): string {
  const fence = text.includes("```") ? "````" : "```";
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A page that is generated as a whole: its title, then the parts that are there. */
export function page(title: string, ...parts: readonly (string | undefined)[]): string {
  const note = "<!-- Written by `npm run docs`; changes made by hand are lost. -->";
  return `${paragraphs(`# ${title}`, note, ...parts)}\n`;
}

/** The parts that are there, with an empty line between them. */
export const paragraphs = (...parts: readonly (string | undefined)[]) =>
  parts.filter((part) => part !== undefined && part !== "").join("\n\n");
