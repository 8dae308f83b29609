import { randomUUID } from "node:crypto";
import { isKnown, type Principal, principalKey, principalOf, type Requester } from "../auth/principal.js";
import type { Session } from "../auth/session.js";
import { needsOkta } from "../catalogue/tool-sorts.js";
import { Deadline } from "../files/deadline.js";
import { ProfileSchemas } from "../foresight/profile-schemas.js";
import { Guard } from "../guard/guard.js";
import { type LimitStore, MemoryLimitStore } from "../guard/limit-store.js";
import type { GuardRules } from "../guard/rules.js";
import type { Journal } from "../journal/change.js";
import { type Masking, maskWith } from "../journal/masking.js";
import { Writes } from "../journal/writes.js";
import type { Log } from "../log.js";
import type { Operations } from "../okta/operations.js";
import type { CallOptions } from "../okta/request.js";
import type { ApiCalls, CalledOperation } from "../openapi/api-request.js";
import type { Tool } from "../tool.js";
import type { Resumed } from "./input-needed.js";
import { MemorySealStore, type SealStore, Seals } from "./seals.js";
import { SignInPrompt } from "./sign-in-prompt.js";

/** A company's APIs, in the name of whoever the calls are made for. */
export interface OperatorApis {
  /** The APIs, bound to one call's cancellation, progress and hooks. */
  calls(options: CallOptions): ApiCalls;
  /**
   * The session to which a person has to be signed in before an operation is called, where this process can bring a
   * sign-in before a person; undefined where nobody has to be.
   * @param org the session of the org
   */
  sessionFor?(operation: CalledOperation, org: Session): Session | undefined;
}

export interface OperatorOptions {
  session: Session;
  /** The one for whom the calls are made, where the session does not tell; by default whoever is signed in. */
  requester?: Requester | undefined;
  /** Okta's operations, bound to one call's cancellation and progress. */
  operations(options: CallOptions): Operations;
  /** The company's APIs; undefined where there are none. */
  apis?: OperatorApis | undefined;
  /** The limits on what calls may touch, do or see. */
  guard: GuardRules;
  /** The journal of writes; undefined where writes are not recorded. */
  journal: Journal | undefined;
  /** True where a flag on the command line answers in a person's place. */
  yesFlag?: boolean | undefined;
  /** Folders from which tools may read files, as absolute paths. The client's roots are added to them. */
  fileRoots: readonly string[];
  /** The store of seals; by default in this process. */
  seals?: SealStore | undefined;
  /** The store of limits; by default in this process. */
  limits?: LimitStore | undefined;
  log: Log;
  /** Epoch milliseconds. */
  now(): number;
}

/** The time limit for a file to upload and its folders. */
const FILE_LIMIT_MS = 30_000;

/**
 * Whoever administers the org through this server - an admin who signs in, or a service app - with all that outlives
 * a request and a connection: the session, the guard rails with their counters, the seals, what was shown for a
 * sign-in, and the records of writes. There is one for each session, however many connections use it.
 */
export class Operator {
  readonly session: Session;
  readonly guard: Guard;
  readonly writes: Writes;
  readonly seals: Seals;
  /** Hides what the journal does not keep. */
  readonly mask: Masking;
  /** The org's schemas of profiles. */
  readonly schemas: ProfileSchemas;
  readonly journal: Journal | undefined;
  readonly apis: OperatorApis | undefined;
  readonly fileRoots: readonly string[];
  /** The time limit of reading files. */
  readonly files = new Deadline(FILE_LIMIT_MS);
  readonly #operations: OperatorOptions["operations"];
  readonly #requester: Requester | undefined;
  readonly #ownId = randomUUID();
  /** What was shown for the sign-ins of each session. */
  readonly #prompts = new WeakMap<Session, SignInPrompt>();

  constructor(options: OperatorOptions) {
    const { session, guard: rules, journal, fileRoots, log, now } = options;
    const { seals = new MemorySealStore(), limits = new MemoryLimitStore() } = options;
    // Who is signed in at an API made the change there.
    const who = (tool: Parameters<Operator["sessionFor"]>[0]) => principalOf(this.sessionFor(tool) ?? this.session);
    this.#requester = options.requester;
    this.session = session;
    this.#operations = options.operations;
    this.guard = new Guard({ rules, session, limits, who: () => this.#person(), counted: () => this.#counted(), now });
    this.mask = maskWith(this.guard.hides);
    this.writes = new Writes({
      journal,
      who,
      mask: this.mask,
      isHidden: (path) => this.guard.hides?.(path) !== undefined,
      hiddenNames: this.guard.hiddenNames,
      yesFlag: options.yesFlag === true,
      log,
      now,
    });
    this.seals = new Seals(seals, now);
    this.schemas = new ProfileSchemas(now);
    this.journal = journal;
    this.apis = options.apis;
    this.fileRoots = fileRoots;
  }

  /** The company's own id of the person for whom calls are made; undefined where one person has this server. */
  get person(): string | undefined {
    return this.#requester?.person;
  }

  /** The session to which somebody has to be signed in before a tool runs; undefined where nobody has to be. */
  sessionFor(tool: Pick<Tool, "scope" | "api" | "effect">): Session | undefined {
    if (tool.api !== undefined) return this.apis?.sessionFor?.(tool.api, this.session);
    return needsOkta(tool) ? this.session : undefined;
  }

  /** Brings the sign-ins of a session before a person. */
  promptOf(session: Session): SignInPrompt {
    const prompt = this.#prompts.get(session) ?? new SignInPrompt();
    this.#prompts.set(session, prompt);
    return prompt;
  }

  /** On whose behalf calls are made at the moment. */
  principal(): Promise<Principal> {
    return principalOf(this.session);
  }

  /** The principal with the person behind it, who is never to be removed. */
  async #person(): Promise<Principal> {
    const principal = await this.principal();
    if (this.#requester === undefined) return principal;
    const { subject, login } = this.#requester;
    return { ...principal, subject, login, method: "grant" };
  }

  /** The one whose writes are counted: a person has one allowance, whatever client and whatever right they use. */
  async #counted(): Promise<Principal> {
    const person = await this.#person();
    return this.#requester === undefined ? person : { ...person, client: undefined };
  }

  /**
   * One text for whoever agrees to a call at the moment: a person, with the client that they use. Someone of whom the
   * token does not tell who it is agrees for this operator alone, whoever else shares its store of seals.
   */
  async agreeing(): Promise<string> {
    if (this.#requester !== undefined) return JSON.stringify([this.#requester.person, this.#requester.client]);
    const principal = await this.principal();
    return isKnown(principal) ? principalKey(principal) : `${principalKey(principal)} ${this.#ownId}`;
  }

  /** True for the state of a round that was given to whoever the calls are made for at the moment. */
  async knows({ state }: Resumed): Promise<boolean> {
    const principal = await this.agreeing();
    return this.seals.stems(state, [
      { use: "question", principal },
      { use: "roots", principal },
      // The link is shown before anybody is signed in.
      { use: "link", principal: undefined },
    ]);
  }

  operations(options: CallOptions): Operations {
    return this.#operations(options);
  }
}
