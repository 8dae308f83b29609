import { randomBytes } from "node:crypto";
import { cookieOf } from "../browser-form.js";
import type { SignInUser } from "../device-codes.js";
import type { SandboxRequest } from "../route.js";

const COOKIE = "okta_sandbox_sid";

/** A session ends this long after its last use, in milliseconds (Okta's default policy: two hours). */
const IDLE_MS = 2 * 3_600_000;

/** A person's session with the org in one browser. Every app of the org shares it. */
export interface BrowserSession {
  readonly id: string;
  readonly user: SignInUser;
  /** Epoch milliseconds of the last time when the person proved who they are. */
  readonly authTimeMs: number;
  /** The ways in which the person proved it (RFC 8176). */
  readonly amr: readonly string[];
  usedAtMs: number;
}

export interface BrowserSessions {
  /** Begins a session with a new id, in place of the one that the request has. */
  begin(user: SignInUser, amr: readonly string[], request?: SandboxRequest): BrowserSession;
  /** The session of a request's browser, if it is still good. */
  of(request: Pick<SandboxRequest, "headers">): BrowserSession | undefined;
  end(session: BrowserSession): void;
  /** Ends the sessions of one person, or everybody's. */
  endAll(userId?: string): void;
  count(): number;
  /** The values of `Cookie` and `Set-Cookie` for a session. */
  cookie(session: BrowserSession): string;
  setCookie(session: BrowserSession): string;
  /** The value of `Set-Cookie` that makes a browser forget its session. */
  readonly forget: string;
}

/**
 * The sessions of one org.
 * @param isActive false for a user whose sessions no longer count
 */
export function createBrowserSessions(now: () => number, isActive: (userId: string) => boolean): BrowserSessions {
  const sessions = new Map<string, BrowserSession>();
  // A sign-in usually begins at another site. `Lax` lets the browser send the cookie along, `Strict` would not.
  const attributes = "Path=/; HttpOnly; SameSite=Lax";

  function of(request: Pick<SandboxRequest, "headers">): BrowserSession | undefined {
    const found = sessions.get(cookieOf(request, COOKIE) ?? "");
    if (found === undefined) return undefined;
    if (found.usedAtMs + IDLE_MS <= now() || !isActive(found.user.id)) {
      sessions.delete(found.id);
      return undefined;
    }
    found.usedAtMs = now();
    return found;
  }

  return {
    begin(user, amr, request) {
      const before = request && of(request);
      if (before !== undefined) sessions.delete(before.id);
      const id = randomBytes(24).toString("base64url");
      const session: BrowserSession = { id, user, authTimeMs: now(), amr, usedAtMs: now() };
      sessions.set(id, session);
      return session;
    },
    of,
    end: (session) => void sessions.delete(session.id),
    endAll(userId) {
      for (const [id, { user }] of sessions) if (userId === undefined || user.id === userId) sessions.delete(id);
    },
    count: () => sessions.size,
    cookie: ({ id }) => `${COOKIE}=${id}`,
    setCookie: ({ id }) => `${COOKIE}=${id}; ${attributes}`,
    forget: `${COOKIE}=; ${attributes}; Max-Age=0`,
  };
}
