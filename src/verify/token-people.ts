import { CannotTell } from "../auth/cannot-tell.js";
import type { Log } from "../log.js";
import type { KnownPerson, StoredPeople } from "../store/stored-people.js";
import type { GroupDirectory } from "./group-directory.js";
import type { TokenFacts } from "./token-claims.js";
import type { TokenHolder, TokenRefusal } from "./token-verifier.js";

export interface TokenPeopleOptions {
  people: StoredPeople;
  /** The issuer of the org's own ID tokens, by which people are known here in every mode. */
  orgUrl: string;
  /** Reads the groups that a token does not tell; undefined where nothing does. */
  directory: GroupDirectory | undefined;
  /** True for somebody who may come in though they were never here; by default everybody may. */
  isExpected?(who: { issuer: string; subject: string }): Promise<boolean>;
  /** Receives somebody who is here for the first time. */
  arrived?(who: { issuer: string; subject: string }): Promise<void>;
  /** The names of the roles of machines, by their client ids. */
  machines: ReadonlyMap<string, string>;
  /** The scope without which a holder may only read; undefined where scopes do not decide it. */
  writeScope: string | undefined;
  log: Log;
  /** Epoch milliseconds. */
  now(): number;
}

/** How a holder is made of the facts of a token. */
export interface HolderParts {
  /** The token itself, where calls are made with it. */
  orgToken?: string | undefined;
  /** As `TokenHolder` says. */
  presented?: TokenHolder["presented"];
  /** True where the org has said at this moment that the person is active. */
  isSureNow?: boolean;
}

/** How old a token is, and what is not sure about its person. */
interface Age {
  issuedAtMs: number;
  doubt: { hasOldGroups: boolean };
}

/** Groups that any instance has read within this time are not read again. */
const FRESH_MS = 5 * 60_000;

/**
 * Finds the person whom a token of the org's stands for. They are known by the org and their id there, however they have
 * signed in. It writes only where something is new.
 */
export class TokenPeople {
  readonly #options: TokenPeopleOptions;

  constructor(options: TokenPeopleOptions) {
    this.#options = options;
  }

  async holderOf(facts: TokenFacts, parts: HolderParts = {}): Promise<TokenHolder | { refused: TokenRefusal }> {
    try {
      return await this.#holderOf(facts, parts);
    } catch (error) {
      if (!(error instanceof CannotTell)) throw error;
      const { message: why, retryAfterSeconds } = error;
      return { refused: { kind: "unavailable", why, retryAfterSeconds } };
    }
  }

  async #holderOf(facts: TokenFacts, parts: HolderParts): Promise<TokenHolder | { refused: TokenRefusal }> {
    const { machines, writeScope, log, now } = this.#options;
    const { clientId, userId, scopes, expiresAtMs, ageMs } = facts;
    const issuedAtMs = now() - ageMs;
    const doubt = { hasOldGroups: false };
    const person =
      userId === undefined
        ? await this.#machine(clientId)
        : await this.#person(userId, facts, { ...parts, issuedAtMs, doubt });
    if (person === undefined) {
      log.info("A token was refused.", { why: "Its holder was not invited.", user_id: userId });
      return {
        refused: { kind: "forbidden", why: "not_invited: you were not invited to this server. Ask who runs it." },
      };
    }
    if (person.status === "blocked" || (person.status === "gone" && person.endedAtMs === undefined)) {
      log.info("A token was refused.", { why: "Its holder is not active here.", person: person.id });
      return { refused: { kind: "forbidden", why: "Your access to this server was ended. Ask who runs it." } };
    }
    if (isFromBefore(person, issuedAtMs)) {
      log.info("A token was refused.", { why: "It is from before its holder's access ended.", person: person.id });
      return { refused: { kind: "invalid", why: "The token is from before your access ended here. Sign in anew." } };
    }
    return {
      person,
      machineRole: userId === undefined ? machines.get(clientId) : undefined,
      clientId,
      grantId: undefined,
      mayWrite: writeScope === undefined || scopes.has(writeScope),
      orgToken: parts.orgToken,
      ...(parts.orgToken === undefined ? {} : { orgScopes: [...scopes] }),
      ...(parts.presented !== undefined && { presented: parts.presented }),
      expiresAtMs,
      issuedAtMs,
      ...(doubt.hasOldGroups && { hasOldGroups: true }),
    };
  }

  async #person(
    userId: string,
    facts: TokenFacts,
    { isSureNow = false, issuedAtMs, doubt }: HolderParts & Age,
  ): Promise<KnownPerson | undefined> {
    const { people, orgUrl, isExpected, arrived } = this.#options;
    const known = await people.findBySubject(orgUrl, userId);
    if (known === undefined && (await isExpected?.({ issuer: orgUrl, subject: userId })) === false) return undefined;
    if (known?.status === "blocked" || (known !== undefined && isFromBefore(known, issuedAtMs))) return known;
    // A token that was given out after the person had gone says that they are there again.
    if (known?.status === "gone" && known.endedAtMs === undefined && !isSureNow) return known;
    // What was known once may not hold any more.
    const groups = (await this.#groupsOf(userId, facts, { issuedAtMs, doubt }, known)) ?? this.#untold(userId);
    const login = facts.login ?? known?.login;
    if (known?.status === "active" && known.login === login && sameGroups(known.groups, groups)) return known;
    if (known === undefined) await arrived?.({ issuer: orgUrl, subject: userId });
    return people.signedIn({
      issuer: orgUrl,
      subject: userId,
      login,
      name: known?.name,
      email: known?.email,
      emailVerified: known?.emailVerified ?? false,
      groups,
    });
  }

  /** What was read at the org after a token was given out counts for more than what the token says. */
  async #groupsOf(
    userId: string,
    { groups }: TokenFacts,
    { issuedAtMs, doubt }: Age,
    known: KnownPerson | undefined,
  ): Promise<readonly string[] | undefined> {
    const { directory, now } = this.#options;
    const readAtMs = known?.groupsReadAtMs ?? Number.NEGATIVE_INFINITY;
    if (groups !== undefined) return known !== undefined && readAtMs > issuedAtMs ? known.groups : groups;
    // Another instance may have read them, or a hint of Okta's may have come.
    if (known !== undefined && now() - readAtMs < FRESH_MS) return known.groups;
    try {
      return await directory?.groupsOf(userId);
    } catch (error) {
      if (!(error instanceof CannotTell) || known?.groupsAtMs === undefined) throw error;
      doubt.hasOldGroups = true;
      return known.groups;
    }
  }

  #untold(userId: string): readonly string[] {
    this.#options.log.warn("Neither a token nor a directory tells the groups of a person, who has no role then.", {
      user_id: userId,
      fix: "Give the authorization server a groups claim that lists ids, and name it in tokens.groups_claim; or set directory.",
    });
    return [];
  }

  async #machine(clientId: string): Promise<KnownPerson> {
    const { people, orgUrl } = this.#options;
    const told = { name: undefined, email: undefined, emailVerified: false, groups: [] };
    return (
      (await people.findBySubject(orgUrl, clientId)) ??
      people.signedIn({ issuer: orgUrl, subject: clientId, login: clientId, ...told })
    );
  }
}

/** True for a token that was given out before everything of the person's ended here. */
export function isFromBefore({ endedAtMs }: Pick<KnownPerson, "endedAtMs">, issuedAtMs: number): boolean {
  return endedAtMs !== undefined && issuedAtMs <= endedAtMs;
}

function sameGroups(known: readonly string[], read: readonly string[]): boolean {
  const held = new Set(known);
  return held.size === new Set(read).size && read.every((id) => held.has(id));
}
