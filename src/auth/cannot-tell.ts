/** Nobody can tell at the moment what a token is worth. The message is for the token's sender. */
export class CannotTell extends Error {
  override readonly name = "CannotTell";
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
