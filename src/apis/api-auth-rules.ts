/** The ways in which an API can know who calls. */
export const API_AUTH_KINDS = ["user_grant", "exchange", "client_credentials", "api_key", "none"] as const;

export type ApiAuthKind = (typeof API_AUTH_KINDS)[number];

/** The name of a header (RFC 9110, section 5.1), which also names a parameter of a query. */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;

/** Headers that the client of an API writes itself, or that lead a request elsewhere (RFC 9110, RFC 9112). */
const OWN_HEADERS =
  /^(?:accept-encoding|connection|content-(?:length|type|encoding)|cookie2?|expect|forwarded|host|keep-alive|proxy-.*|set-cookie|te|trailer|transfer-encoding|upgrade|user-agent|x-forwarded-.*)$/i;

/** True for a header that nobody but the client of an API may set. */
export function isOwnHeader(name: string): boolean {
  return OWN_HEADERS.test(name);
}

interface AuthMembers {
  kind: ApiAuthKind;
  client_secret_file?: string | undefined;
  private_key_file?: string | undefined;
  in?: "header" | "query" | "cookie" | undefined;
  name?: string | undefined;
  [member: string]: unknown;
}

const OF_SERVER = ["issuer", "client_id", "scopes", "audience"];
const PROOFS = ["client_secret_file", "private_key_file", "key_id"];
/** What goes with a sign-in that comes back to this machine. */
const BY_TRANSPORT = { http: [], stdio: ["redirect_port"] } as const;

/** The members that each kind needs, and those that it may have besides. */
const MEMBERS: Readonly<Record<ApiAuthKind, { needs: readonly string[]; takes: readonly string[] }>> = {
  user_grant: { needs: OF_SERVER, takes: PROOFS },
  exchange: { needs: OF_SERVER, takes: PROOFS },
  client_credentials: { needs: OF_SERVER, takes: PROOFS },
  api_key: { needs: ["file", "in", "name"], takes: [] },
  none: { needs: [], takes: [] },
};

/**
 * Checks that the members of `auth` belong to its kind.
 * @param add receives each mistake, as the rest of a sentence that begins with the member's name
 */
export function checkApiAuth(
  auth: AuthMembers,
  transport: "http" | "stdio",
  add: (member: string, message: string) => void,
): void {
  const { kind, client_secret_file: secret, private_key_file: key } = auth;
  const { needs, takes } = MEMBERS[kind];
  if (kind === "exchange" && transport === "stdio") {
    add("kind", "cannot be exchange here: there is no token of a caller to exchange. Use user_grant");
    return;
  }
  for (const member of needs) if (auth[member] === undefined) add(member, `is missing: kind ${kind} needs it`);
  const known = ["kind", ...needs, ...takes, ...(kind === "user_grant" ? BY_TRANSPORT[transport] : [])];
  for (const [member, value] of Object.entries(auth)) {
    if (value !== undefined && !known.includes(member))
      add(
        member,
        `is not for kind ${kind}${member === "redirect_port" && kind === "user_grant" ? " of a company's server" : ""}. Leave it out`,
      );
  }
  if (secret !== undefined && key !== undefined) {
    add("private_key_file", "is there beside client_secret_file. Keep one of the two");
  }
  const isApp = kind === "exchange" || kind === "client_credentials";
  if (isApp && secret === undefined && key === undefined) {
    add("private_key_file", `is missing: kind ${kind} needs private_key_file or client_secret_file`);
  }
  if (kind === "api_key") checkKeyPlace(auth, add);
}

function checkKeyPlace({ in: place, name }: AuthMembers, add: (member: string, message: string) => void): void {
  if (place === "cookie") add("in", "cannot be cookie: no cookie is ever sent. Use header or query");
  if (place === "header" && name !== undefined && isOwnHeader(name))
    add("name", "is a header that no key may stand in");
}
