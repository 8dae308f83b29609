const OF_CODE = [TypeError, ReferenceError, SyntaxError, RangeError, EvalError, URIError];

/** Codes with which Node.js and undici report wrong use, and those for a missing part of a program. */
const MISUSE = /^(?:UND_ERR_INVALID_ARG|ERR_INVALID_[A-Z_]+|(?:ERR_)?MODULE_NOT_FOUND)$/;

/**
 * True for an error that a mistake in code causes, and not a network, server or proxy. `fetch` rejects with a TypeError
 * for both, but names a cause for the latter; then the cause decides.
 */
export function isOwnFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { cause } = error;
  if (cause !== undefined) return isOwnFault(cause);
  const code = "code" in error ? String(error.code) : "";
  return MISUSE.test(code) || OF_CODE.some((kind) => error instanceof kind);
}
