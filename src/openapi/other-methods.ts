/**
 * Names by which some servers take another method than that of the request (Rails, Laravel, Symfony, Express, ASP.NET).
 * Whoever gives them turns a read into a removal that nobody was asked about.
 */
const OTHER_METHOD = /^(?:_method|x-http-method(?:-override)?|x-method-override)$/i;

/** Why nothing of such a name is sent, as the rest of a sentence. */
export const CHOOSES_METHOD = "by which some servers take another method than that of the request";

/** True for a name by which some servers take another method than that of the request, wherever it stands. */
export function namesMethod(name: string): boolean {
  return OTHER_METHOD.test(name.trim());
}
