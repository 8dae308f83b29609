import { isAdminIn } from "../people/admin-schema.js";
import { rolesOf } from "../people/roles.js";
import type { KnownPerson } from "../store/stored-people.js";
import { SignInFailure } from "../upstream/sign-in-failure.js";
import type { TokenHolder, TokenRefusal, TokenVerifier } from "../verify/token-verifier.js";
import type { AuditRecorder } from "../web/client-requests.js";
import { BEARER } from "../web/gate.js";
import type { PageContext } from "../web/page-kit.js";
import { RepeatedRefusals } from "../web/repeated-refusals.js";
import type { PageRoutes } from "../web/web-server.js";
import type { AdminPagesOptions } from "./admin-options.js";
import { syncGroups } from "./sync-groups.js";

/** People as JSON, for admins and their programs. */
const USERS_PATH = "/auth/users";

const DEFAULT_SIZE = 100;
const MAX_SIZE = 500;
const MAX_ID_CHARS = 64;
/** That a program reads who is here goes on record once within this time, for each admin and client. */
const LISTED_EVERY_MS = 60_000;

export interface UsersApiOptions extends AdminPagesOptions {
  /** Tells who a bearer token stands for; undefined where none counts. */
  verifier: TokenVerifier | undefined;
}

/** A refusal, as it is sent. */
interface Refusal {
  status: 400 | 401 | 403 | 404 | 503;
  error: string;
  why: string;
  headers?: Record<string, string>;
}

/** Adds the list of people, and the reading anew of somebody's groups. Without admins in the settings they are not there. */
export function addUsersApi(app: PageRoutes, options: UsersApiOptions): void {
  const repeated = new RepeatedRefusals(options);
  app.get(USERS_PATH, (context) => answered(context, () => list(context, options, repeated)));
  app.post(`${USERS_PATH}/:id/sync`, (context) => answered(context, () => sync(context, options)));
}

async function answered(context: PageContext, answer: () => Promise<object | Refusal>): Promise<Response> {
  const found = await answer();
  if (!isRefusal(found)) return context.json(found);
  for (const [name, value] of Object.entries(found.headers ?? {})) context.header(name, value);
  return context.json({ error: found.error, error_description: found.why }, found.status);
}

const isRefusal = (answer: object): answer is Refusal => "status" in answer && "why" in answer;

async function list(
  context: PageContext,
  options: UsersApiOptions,
  repeated: RepeatedRefusals,
): Promise<object | Refusal> {
  const admin = await adminOf(context, options, { writes: false });
  if (isRefusal(admin)) return admin;
  const size = Number(context.req.query("limit") ?? DEFAULT_SIZE);
  if (!Number.isInteger(size) || size < 1 || size > MAX_SIZE) {
    return { status: 400, error: "bad_input", why: `limit is a number from 1 to ${MAX_SIZE}.` };
  }
  if (admin.byToken !== undefined) {
    const { client } = admin.byToken;
    const left = repeated.take(`${admin.person.id} ${client}`, LISTED_EVERY_MS);
    if (left !== undefined)
      await admin.record({ action: "people_listed", client, outcome: "done", detail: { ...left } });
  }
  const { rows, next } = await options.store.peopleLists.page({ after: context.req.query("after"), size });
  if (next !== undefined) {
    const address = `${USERS_PATH}?limit=${size}&after=${encodeURIComponent(next)}`;
    context.header("link", `<${address}>; rel="next"`);
  }
  return { users: rows.map((person) => userOf(person, options)), next: next ?? null };
}

async function sync(context: PageContext, options: UsersApiOptions): Promise<object | Refusal> {
  const admin = await adminOf(context, options, { writes: true });
  if (isRefusal(admin)) return admin;
  const id = context.req.param("id") ?? "";
  const person = id.length <= MAX_ID_CHARS ? await options.store.people.find(id) : undefined;
  if (person === undefined) return { status: 404, error: "not_found", why: "Nobody here has this id." };
  if (!(await options.groupSync.canSync(person))) {
    const why =
      "Nothing here may ask Okta for the groups of this person: there is no directory app, and no sign-in of theirs left a refresh token.";
    return { status: 400, error: "groups_unknown", why };
  }
  try {
    const { now, added, removed } = await syncGroups(options.groupSync, person, admin.record);
    return { user: userOf(now, options), added, removed };
  } catch (error) {
    if (!(error instanceof SignInFailure)) throw error;
    const headers = error.isPassing ? { "retry-after": "30" } : {};
    return { status: error.isPassing ? 503 : 403, error: error.code, why: `${error.message} ${error.fix}`, headers };
  }
}

/** One person as JSON. There is no secret in it, and no token. */
function userOf(person: KnownPerson, { roles, admins }: UsersApiOptions) {
  const time = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  const settings = admins();
  return {
    id: person.id,
    issuer: person.issuer,
    subject: person.subject,
    login: person.login ?? null,
    name: person.name ?? null,
    email: person.email ?? null,
    email_verified: person.emailVerified,
    department: person.department ?? null,
    title: person.title ?? null,
    status: person.status,
    is_admin: settings !== undefined && isAdminIn(settings, person.groups),
    roles: rolesOf(roles(), person.groups).map(({ name }) => name),
    groups: person.groups,
    groups_read_at: time(person.groupsAtMs),
    created_at: time(person.createdAtMs),
    last_seen_at: time(person.seenAtMs),
  };
}

interface Asking {
  person: KnownPerson;
  /** Keeps on record what is done, with the admin as the one who did it. */
  record: AuditRecorder;
  /** The program that asks; undefined for the admin's own browser. */
  byToken?: { client: string };
}

/** The admin who asks: by the token of a program, or by the session of the admin pages. */
async function adminOf(
  context: PageContext,
  options: UsersApiOptions,
  { writes }: { writes: boolean },
): Promise<Asking | Refusal> {
  const { admins, admin, kit } = options;
  if (admins() === undefined) return { status: 404, error: "not_found", why: "There is nothing here." };
  const recorder = kit.recorder(context);
  const asking = (person: KnownPerson): Asking => ({
    person,
    record: (event) => recorder({ actor: person.id, ...event }),
  });
  const authorization = context.req.header("authorization");
  if (authorization !== undefined) {
    const found = await byToken(context, authorization, options, writes);
    return isRefusal(found) ? found : { ...asking(found.person), byToken: { client: found.client } };
  }
  if (writes && !kit.isOwnPage(context)) {
    return { status: 403, error: "form_not_ours", why: "This request was sent by a page of another server." };
  }
  try {
    const here = await admin.present(context);
    if (here !== undefined) return asking(here.person);
  } catch (error) {
    if (!(error instanceof SignInFailure)) throw error;
    return { status: error.isPassing ? 503 : 403, error: error.code, why: `${error.message} ${error.fix}` };
  }
  const why = "Sign in at /admin/login, or send a token of this server of an admin: Authorization: Bearer.";
  return { status: 401, error: "invalid_token", why, headers: { "www-authenticate": "Bearer" } };
}

async function byToken(
  context: PageContext,
  authorization: string,
  options: UsersApiOptions,
  writes: boolean,
): Promise<{ person: KnownPerson; client: string } | Refusal> {
  const { verifier, admins, groupSync, kit } = options;
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined || verifier === undefined) return invalid("The Authorization header holds no bearer token.");
  const found = await verifier.verify(token, kit.origin(context).ip ?? "");
  if ("refused" in found) return refusedToken(found.refused);
  const settings = admins();
  const notAdmin = {
    status: 403,
    error: "not_admin",
    why: "This is for admins of this server (admins.groups).",
  } as const;
  if (settings === undefined || isMachine(found)) return notAdmin;
  if (settings.acr_values !== undefined) {
    const why =
      "A token does not tell how its person signed in, and admins.acr_values asks for that. Sign in at /admin/login.";
    return { status: 403, error: "mfa_required", why };
  }
  if (writes && !found.mayWrite) {
    return { status: 403, error: "insufficient_scope", why: "The token may only read." };
  }
  try {
    const person = await groupSync.fresh(found.person);
    return person.status === "active" && isAdminIn(settings, person.groups)
      ? { person, client: found.clientId }
      : notAdmin;
  } catch (error) {
    if (!(error instanceof SignInFailure)) throw error;
    return { status: error.isPassing ? 503 : 403, error: error.code, why: `${error.message} ${error.fix}` };
  }
}

const isMachine = ({ machineRole }: TokenHolder) => machineRole !== undefined;

const invalid = (why: string): Refusal => ({
  status: 401,
  error: "invalid_token",
  why,
  headers: { "www-authenticate": 'Bearer error="invalid_token"' },
});

function refusedToken(refused: TokenRefusal): Refusal {
  const { why } = refused;
  if (refused.kind === "invalid") return invalid(why);
  if (refused.kind === "unavailable") {
    return { status: 503, error: "unavailable", why, headers: { "retry-after": String(refused.retryAfterSeconds) } };
  }
  return { status: 403, error: refused.kind === "no_scope" ? "insufficient_scope" : "forbidden", why };
}
