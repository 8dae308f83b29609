/** "3 apps", "1 app", "more than 1000 apps". */
export function counted(
  found: { items: readonly unknown[]; complete: boolean },
  one: string,
  many = `${one}s`,
): string {
  const { length } = found.items;
  return `${found.complete ? "" : "more than "}${length} ${length === 1 && found.complete ? one : many}`;
}

/** The most names that a message tells. More of them do not help a person to recognise what is meant. */
export const MAX_NAMES = 5;

/** "12 apps: Slack, Zoom …": `text`, then the first names in it. */
export function withNames(text: string, names: readonly string[] = [], total = names.length): string {
  if (names.length === 0) return text;
  return `${text}: ${names.slice(0, MAX_NAMES).join(", ")}${total > MAX_NAMES ? " …" : ""}`;
}
