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

const GENERATED = /(<!-- generated: (\w+) -->)[\s\S]*?(<!-- end of generated -->)/g;

/**
 * A page written by hand, with its generated parts as they ought to be.
 * @throws Error where it asks for a part that `render` does not know, or that is empty
 */
export function renewed(text: string, render: (name: string) => string | undefined): string {
  return text.replace(GENERATED, (_all, start: string, name: string, end: string) => {
    const part = render(name);
    if (part === undefined) throw new Error(`A page asks for a part ${name} that nothing generates.`);
    if (part.trim() === "") throw new Error(`A page asks for a part ${name} that is empty.`);
    return `${start}\n${part}\n${end}`;
  });
}
