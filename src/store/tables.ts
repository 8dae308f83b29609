import type { Generated } from "kysely";

/*
 * The rows of every table, alike in all databases: ids are texts, times are epoch milliseconds, JSON is text, yes and
 * no are 1 and 0. A column whose name ends in `_hash` has a SHA-256 in place of a secret, one that ends in `_sealed`
 * what the vault has encrypted. Columns that end in `_at` are times of the past, those that end in `_ends_at` are ends.
 */

/** Somebody who signed in. `iss` and `sub` say who it is; everything else may change. */
interface PeopleTable {
  id: string;
  iss: string;
  sub: string;
  login: string | null;
  name: string | null;
  email: string | null;
  email_verified: number;
  /** Claims of the sign-in, for people; null where it does not tell. */
  department: string | null;
  title: string | null;
  status: "active" | "blocked" | "gone";
  /** JSON: the ids of the groups as of `groups_at`. */
  groups: string;
  groups_at: number | null;
  created_at: number;
  seen_at: number;
  /** When their access last ended. Tokens from before do not count, wherever they were given out. */
  ended_at: number | null;
  ended_why: string | null;
  /** When the org last said that they are there. */
  checked_at: number | null;
  /** From then on the org is to be asked about them. */
  check_due_at: number | null;
  /** When the org was last asked for their groups, apart from what tokens and sign-ins tell. */
  groups_read_at: number | null;
  /** When they last called, to within some minutes. */
  called_at: number | null;
}

/** Somebody who may sign in though they were never here. */
interface InvitationsTable {
  id: string;
  iss: string;
  sub: string;
  login: string | null;
  invited_by: string;
  invited_at: number;
  ends_at: number;
}

/** A client, by the id that it sends. */
interface ClientsTable {
  id: string;
  kind: "static" | "cimd" | "dcr";
  /** For people; the client has chosen it. */
  name: string | null;
  metadata_sealed: string;
  created_at: number;
  used_at: number | null;
  ends_at: number | null;
  blocked_at: number | null;
}

interface ConsentsTable {
  person: string;
  client: string;
  redirect_host: string;
  /** In their alphabetical order, with a space between. */
  scopes: string;
  given_at: number;
}

/** What the authorization server keeps: codes, refresh tokens, grants, browser sessions, interactions. */
interface OidcTable {
  id_hash: string;
  model: string;
  payload_sealed: string;
  grant_id: string | null;
  person: string | null;
  client: string | null;
  uid_hash: string | null;
  user_code_hash: string | null;
  created_at: number;
  ends_at: number | null;
  consumed_at: number | null;
  /** The refresh token in whose place this one was given out. */
  predecessor_hash: string | null;
  /** When a refresh token given out in the place of this one was used. */
  successor_used_at: number | null;
}

/** A person's own tokens at the org. */
interface UpstreamGrantsTable {
  id: string;
  person: string;
  /** The kind of grant: `org` for the org's own API, `identity` for who they are, `api:` with the name of an API. */
  kind: string;
  scopes: string;
  access_sealed: string | null;
  access_ends_at: number | null;
  refresh_sealed: string | null;
  dpop_key_sealed: string | null;
  /** Rises with every change of the tokens. */
  version: number;
  /** Until then one process renews the tokens. */
  renewing_ends_at: number | null;
  state: "active" | "ended";
  last_error: string | null;
  created_at: number;
  changed_at: number;
}

/** A token for an API that was given out in exchange for one of a person's. */
interface ExchangedTokensTable {
  id: string;
  person: string;
  api: string;
  /** The names of the roles with which it counts, with a space between. */
  roles: string;
  token_sealed: string;
  created_at: number;
  ends_at: number;
}

interface WebSessionsTable {
  id_hash: string;
  person: string;
  kind: string;
  acr: string | null;
  signed_in_at: number;
  idle_ends_at: number;
  ends_at: number;
  ip_prefix: string | null;
  agent: string | null;
  data_sealed: string | null;
}

/** A sign-in at the org that a browser has begun and not ended. */
interface TransactionsTable {
  state_hash: string;
  browser_hash: string;
  kind: string;
  data_sealed: string;
  ends_at: number;
  /** Whose sign-in it is, once that is known. */
  person: string | null;
}

/** A call that a person is to allow on a page. */
interface ApprovalsTable {
  id: string;
  person: string;
  client: string;
  tool: string;
  /** Of the tool, its arguments and the state of its target. */
  digest: string;
  shown_sealed: string;
  state: "open" | "approved" | "denied" | "used";
  created_at: number;
  decided_at: number | null;
  ends_at: number;
}

interface UsedOnceTable {
  value_hash: string;
  kind: string;
  ends_at: number;
}

interface LimitsTable {
  key: string;
  total: number;
}

interface LimitUsesTable {
  id: Generated<number>;
  key: string;
  used_at: number;
}

/** One line of the journal. */
interface JournalTable {
  id: Generated<number>;
  change_id: string;
  /** 1 for the first line of a change. */
  is_first: number;
  line: string;
  written_at: number;
  undo_of: string | null;
  person: string | null;
  client: string | null;
  role: string | null;
  act_as: string | null;
  request_id: string | null;
}

interface AuditTable {
  id: Generated<number>;
  at: number;
  actor: string | null;
  action: string;
  target: string | null;
  outcome: string;
  client: string | null;
  ip: string | null;
  request_id: string | null;
  /** JSON. */
  detail: string | null;
}

/** A token that is to be revoked where it was given out. */
interface RevocationsTable {
  id: string;
  person: string | null;
  kind: "refresh_token" | "access_token";
  /** The API whose authorization server gave it out; null for the org. */
  api: string | null;
  /** The row of `upstream_grants` for which the token was encrypted; null for one that was encrypted for this row. */
  grant_id: string | null;
  token_sealed: string;
  created_at: number;
  attempts: number;
  /** From then on somebody may do it. Whoever does moves it on first. */
  due_at: number;
  last_error: string | null;
}

/** A task that one instance has at a time. */
interface TurnsTable {
  name: string;
  holder: string;
  ends_at: number;
}

interface MetaTable {
  key: string;
  value: string;
}

/** A data key that this database was used with; never the key itself. */
interface DataKeysTable {
  fingerprint: string;
  /** Its `kid`; an empty text where only the fingerprint is known. */
  id: string;
  added_at: number;
  /** When an instance last said that it encrypts with it; null for one that has only been added. */
  encrypted_at: number | null;
  /** When it was given up. */
  dropped_at: number | null;
}

/** An instance that runs, or did a while ago, and the data keys that it has. */
interface KeyHoldersTable {
  instance: string;
  /** With a space between. */
  fingerprints: string;
  encrypts_with: string;
  seen_at: number;
}

/** A key that signs tokens. What it is at a time, next, active or retired, follows from its times. */
interface SigningKeysTable {
  /** Rises from key to key. */
  number: number;
  /** Its `kid`. */
  id: string;
  /** The private JWK. */
  key_sealed: string;
  created_at: number;
  /** From then on it signs, until a later one does. */
  signs_at: number;
  /** From then on nothing counts that it signed; null while no later key is known. */
  ends_at: number | null;
}

/** What is left of somebody whose data were erased. */
interface ErasedPeopleTable {
  /** Keyed by a data key. */
  subject_hash: string;
  erased_at: number;
  was_blocked: number;
}

export interface Tables {
  people: PeopleTable;
  invitations: InvitationsTable;
  clients: ClientsTable;
  consents: ConsentsTable;
  oidc: OidcTable;
  upstream_grants: UpstreamGrantsTable;
  exchanged_tokens: ExchangedTokensTable;
  web_sessions: WebSessionsTable;
  transactions: TransactionsTable;
  approvals: ApprovalsTable;
  used_once: UsedOnceTable;
  limits: LimitsTable;
  limit_uses: LimitUsesTable;
  journal: JournalTable;
  audit: AuditTable;
  revocations: RevocationsTable;
  turns: TurnsTable;
  meta: MetaTable;
  data_keys: DataKeysTable;
  key_holders: KeyHoldersTable;
  signing_keys: SigningKeysTable;
  erased_people: ErasedPeopleTable;
}
