import type { ApiIdentity } from "../apis/api-identity.js";
import { type SessionIdentityOptions, sessionIdentity } from "../apis/session-identity.js";
import type { Session } from "../auth/session.js";
import { OktaMcpError } from "../errors/index.js";

export interface LinkedIdentityOptions extends SessionIdentityOptions {
  session: Session;
  /** The page on which the person links the API. */
  connectUrl: string;
}

/**
 * The identity of a person of a company's server at an API that they have linked. Another instance may have renewed or
 * ended the link, or the person on a page, so the store is asked each time.
 */
export function linkedIdentity({ connectUrl, ...options }: LinkedIdentityOptions): ApiIdentity {
  const inner = sessionIdentity(options);
  const now = async <T>(action: () => Promise<T>): Promise<T> => {
    await options.session.restore();
    try {
      return await action();
    } catch (error) {
      throw withLink(error, connectUrl);
    }
  };
  return {
    authorize: (request, signal) => now(() => inner.authorize(request, signal)),
    refused: (authorization, headers) => inner.refused(authorization, headers),
    claims: (signal) => now(() => inner.claims(signal)),
  };
}

/** What was granted once may be less than what the settings ask for now, and the person can grant it anew. */
function withLink(error: unknown, connectUrl: string): unknown {
  if (!(error instanceof OktaMcpError) || error.code !== "missing_scope") return error;
  return new OktaMcpError(error.code, `${error.message} Linking it anew may grant it: ${connectUrl}`, {
    fix: error.fix,
    data: { ...error.data, connect_url: connectUrl },
  });
}
