const OF_CODE = [TypeError, ReferenceError, SyntaxError, RangeError, EvalError, URIError];

/** Codes of Node.js and undici for a wrong use of them, and for a part of a program that is not there. */
const MISUSE = /^(?:UND_ERR_INVALID_ARG|ERR_INVALID_[A-Z_]+|(?:ERR_)?MODULE_NOT_FOUND)$/;

/**
 * True for an error that a mistake in code throws, and no network, server or proxy. `fetch` rejects with a
 * TypeError for those too, but names what happened as its cause; then the cause decides.
 */
export function isOwnFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { cause } = error;
  if (cause !== undefined) return isOwnFault(cause);
  const code = "code" in error ? String(error.code) : "";
  return MISUSE.test(code) || OF_CODE.some((kind) => error instanceof kind);
}
