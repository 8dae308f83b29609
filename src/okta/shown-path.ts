import { isSecretName, MASK } from "../text/secrets.js";
import type { OktaRequest } from "./request.js";

/** The path of a request in the form in which it is kept and shown: without values of parameters that are secrets by name. */
export function shownPath({ path, template }: Pick<OktaRequest, "path" | "template">): string {
  const names = template.split("/");
  const values = path.split("/");
  if (names.length !== values.length) return path;
  return values.map((value, index) => (holdsSecret(names[index] ?? "") ? MASK : value)).join("/");
}

/** The query of a request in the same form, with its question mark; empty where there is none. */
export function shownQuery({ query }: Pick<OktaRequest, "query">): string {
  const shown = new URLSearchParams();
  for (const [name, value] of query) shown.append(name, isSecretName(name) ? MASK : value);
  return shown.size > 0 ? `?${shown}` : "";
}

function holdsSecret(segment: string): boolean {
  return [...segment.matchAll(/\{([^{}]*)\}/g)].some(([, name = ""]) => isSecretName(name));
}
