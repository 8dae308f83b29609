import type { Principal } from "../auth/principal.js";
import type { Session } from "../auth/session.js";
import { type ErrorCode, OktaMcpError } from "../errors/index.js";
import { type Json, textAt } from "../json/json.js";
import { PROTECTABLE, type ProtectedKind } from "../okta/objects.js";
import { type Identity, type IsProtected, identityOf, isUserId, type Target, type Touched } from "../okta/targets.js";
import { matchesGlob, sameFolded } from "../text/glob.js";
import { visible } from "../text/quote.js";
import { checkGroups } from "./kept-groups.js";
import { refused } from "./refused.js";
import type { GuardRules, ProtectionRule } from "./rules.js";
import type { TargetReader, WriteKind } from "./target-reader.js";

/** Errors of reading an object that the caller may write. */
const MAY_NOT_READ: ReadonlySet<ErrorCode> = new Set(["missing_scope", "forbidden"]);

/**
 * Errors after which the objects that a call changes without naming them are not known in full. `conflict` is that of
 * lists that are too long.
 */
const CANNOT_TELL: ReadonlySet<ErrorCode> = new Set([...MAY_NOT_READ, "conflict"]);
const NOT_SEEN: ReadonlySet<ErrorCode> = new Set(["not_found"]);

function matches({ key, value }: ProtectionRule, { id, logins, names }: Identity): boolean {
  if (key === "id") return sameFolded(value, id);
  if (key === "login") return logins.some((login) => sameFolded(value, login));
  if (key === "name") return names.some((name) => sameFolded(value, name));
  return [...logins, ...names].some((text) => matchesGlob(value, text));
}

/** Keeps writes away from what is protected: by the rules of a guard file, and always by itself. */
export class Protection {
  readonly #rules: GuardRules;
  readonly #session: Session;
  readonly #who: () => Promise<Principal>;

  /** @param who tells who is signed in at the moment */
  constructor(rules: GuardRules, session: Session, who: () => Promise<Principal>) {
    this.#rules = rules;
    this.#session = session;
    this.#who = who;
  }

  /**
   * @param targets all that one write touches
   * @throws OktaMcpError protected, naming the rule; and what reading a target fails with, so that
   * nothing is touched which could not be looked at
   */
  async check(targets: readonly Target[], kind: WriteKind, reader: TargetReader): Promise<void> {
    for (const target of targets) await this.#checkRules(target, reader);
    await checkGroups(targets, kind, reader, this.#session);
    if (kind === "adds") return;
    for (const target of targets) {
      if (target.type === "app") await this.#spareOwnApp(target, reader);
      // A membership has a user and a group; it is the user that must not go.
      const alone = targets.every(({ type }) => type === "user");
      if (target.type === "user" && kind === "removes" && alone) await this.#spareOwnUser(target, reader);
    }
  }

  /** True where a rule protects objects of one of these kinds. */
  hasRulesFor(kinds: readonly ProtectedKind[]): boolean {
    return this.#rules.protect.some(({ kind }) => kinds.includes(kind));
  }

  /**
   * Looks at objects that a call changes without naming them.
   * @param read finds these objects
   * @throws as `check`; the refusal says what would become of the object. Protected also where they may not be read,
   * or are too many, since nobody then knows whether a protected one is among them
   */
  async checkTouched(
    kinds: readonly ProtectedKind[],
    read: (isProtected: IsProtected) => Promise<readonly Touched[]>,
    reader: TargetReader,
  ): Promise<void> {
    const looked = kinds.filter((kind) => this.hasRulesFor([kind]));
    const orUntold = async <T>(work: Promise<T>, codes: ReadonlySet<ErrorCode>): Promise<T> => {
      return work.catch((error: unknown) => {
        throw error instanceof OktaMcpError && codes.has(error.code) ? this.#untold(looked, error) : error;
      });
    };
    const touched = await orUntold(
      read((kind) => looked.includes(kind)),
      CANNOT_TELL,
    );
    // That something is not there may only mean that this admin may not see it.
    for (const one of touched) await orUntold(this.#checkRules(one, reader, one), NOT_SEEN);
  }

  #untold(kinds: readonly ProtectedKind[], { message, fix, data }: OktaMcpError): OktaMcpError {
    const { file = "" } = this.#rules;
    const sentence = `Whether this call changes something that protect.${kinds.join(" or protect.")} in ${visible(file)} covers, without naming it, cannot be told`;
    const scope = typeof data?.scope === "string" ? { scope: data.scope } : {};
    return refused(`protect.${kinds[0]}`, `${sentence}: ${message}`, { fix, data: { file, ...scope } });
  }

  async #checkRules(target: Target, reader: TargetReader, touched?: Touched): Promise<void> {
    const { protectedBy: kind, word } = PROTECTABLE[target.type];
    const rules = this.#rules.protect.filter((rule) => rule.kind === kind);
    const isId = target.type !== "user" || isUserId(target.id);
    const named = { id: target.id, logins: isId ? [] : [target.id], names: [] };
    const plain = rules.find((rule) => rule.key !== "name" && matches(rule, named));
    if (plain) throw this.#refusal(plain, word, target.id, touched);
    if (rules.every(({ key }) => key === "id" && isId)) return;
    const object = identityOf(target.type, touched?.object ?? (await this.#look(target, reader)));
    if (object.id === "") throw refused(`protect.${kind}`, `Okta did not say which ${word} this is.`);
    const rule = rules.find((one) => matches(one, object));
    if (rule) throw this.#refusal(rule, word, object.id, touched);
  }

  /** @throws OktaMcpError protected where it may not be read, since nobody then knows what it is */
  async #look(target: Target, reader: TargetReader): Promise<Json | undefined> {
    const { word, protectedBy: kind, scope } = PROTECTABLE[target.type];
    try {
      return await reader.read(target);
    } catch (error) {
      if (!(error instanceof OktaMcpError) || !MAY_NOT_READ.has(error.code)) throw error;
      throw refused(`protect.${kind}`, `Whether the ${word} is protected cannot be told, since it may not be read.`, {
        fix: `Grant ${scope}, and to the signed-in admin or app a role that lets it read this ${word}.`,
        data: { file: this.#rules.file, scope },
      });
    }
  }

  #refusal(
    { key, value, reason, place }: ProtectionRule,
    word: string,
    id: string,
    touched: Touched | undefined,
  ): OktaMcpError {
    const { file = "" } = this.#rules;
    const how = touched === undefined ? "" : ` The call does not name it, but the ${word} ${visible(touched.how)}.`;
    const why = reason === undefined ? "" : ` Reason: ${visible(reason)}`;
    const sentence = `The ${word} ${visible(id)} is protected by ${place} (${key} ${visible(value)}) in ${visible(file)}.`;
    return refused(place, `${sentence}${how}${why}`, {
      data: { file, target: { type: word, id }, ...(reason === undefined ? {} : { reason }) },
    });
  }

  async #spareOwnApp(target: Target, reader: TargetReader): Promise<void> {
    const { client: own } = await this.#who();
    if (own !== undefined && sameFolded(target.id, own)) throw ownApp(target);
    // An app without an OAuth client is none that a token is issued to.
    const client = textAt(await reader.read(target), "credentials", "oauthClient", "client_id");
    if (client === undefined || client === "") return;
    if (own === undefined) throw perhapsOwnApp(target);
    if (sameFolded(client, own)) throw ownApp(target);
  }

  async #spareOwnUser(target: Target, reader: TargetReader): Promise<void> {
    const own = await this.#ownIdentity(reader);
    if (own.length === 0) return;
    const user = identityOf("user", await reader.read(target));
    if (!own.some((name) => [target.id, user.id, ...user.logins].some((known) => sameFolded(name, known)))) return;
    throw refused("built in: signed-in admin", "This is the signed-in admin, who is always protected from removal.", {
      fix: "Another admin has to do this, or you in the Okta Admin Console.",
      data: { target: { type: "user", id: target.id } },
    });
  }

  /** Id and login of whoever signed in; nothing for a service app, behind which there is nobody. */
  async #ownIdentity(reader: TargetReader): Promise<string[]> {
    const { method, login, subject } = await this.#who();
    if (method === "private-key" || method === "role-app") return [];
    const known = [subject, login].filter((name) => name !== undefined);
    try {
      const me = identityOf("user", await reader.read({ type: "user", id: "me" }));
      return [...known, me.id, ...me.logins].filter(Boolean);
    } catch (error) {
      // A token of a service app stands for no user; one that may not be read is known by the token's word.
      const nobody = error instanceof OktaMcpError && (error.code === "not_found" || MAY_NOT_READ.has(error.code));
      if (nobody) return known;
      throw error;
    }
  }
}

function ownApp({ id }: Target): OktaMcpError {
  return refused("built in: own app", "This is the app that okta-mcp signs in with, which is always protected.", {
    fix: "Change it in the Okta Admin Console; from here it could cut off this connection or open another way in.",
    data: { target: { type: "application", id } },
  });
}

function perhapsOwnApp({ id }: Target): OktaMcpError {
  return refused(
    "built in: own app",
    "This may be the app that okta-mcp signs in with, which is always protected: the token in OKTA_ACCESS_TOKEN does not tell which app it was issued to.",
    {
      fix: "A person has to set OKTA_CLIENT_ID to the client ID of the app that the token was issued to and start again, or change this app in the Okta Admin Console.",
      data: { target: { type: "application", id } },
    },
  );
}
