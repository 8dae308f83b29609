import type { Principal } from "../auth/principal.js";
import type { Session } from "../auth/session.js";
import { OktaMcpError } from "../errors/index.js";
import type { Json } from "../json/json.js";
import type { ProtectedKind } from "../okta/objects.js";
import type { Operations } from "../okta/operations.js";
import type { CallOptions, OktaRequest } from "../okta/request.js";
import { type IsProtected, type Touched, targetsOfArguments, targetsOfRequest } from "../okta/targets.js";
import type { Tool, ToolContext } from "../tool.js";
import { HiddenAttributes, HiddenValues, type Hiding } from "./hidden-attributes.js";
import type { LimitStore } from "./limit-store.js";
import { type Counted, type WantedAtOnce, WriteLimits } from "./limits.js";
import { Protection } from "./protection.js";
import type { GuardRules } from "./rules.js";
import { switchesOff } from "./switched-off.js";
import { TargetReader, type WriteKind } from "./target-reader.js";

/** Requests that take something away by their address, whatever the tool behind them says of itself. */
function takesAway({ method, template }: OktaRequest): boolean {
  return method === "DELETE" || /\/lifecycle\/(?:deactivate|suspend)$/.test(template);
}

/** A call as another tool would make it. */
export interface GuardedCall {
  tool: Pick<Tool, "effect">;
  args: Readonly<Record<string, unknown>>;
}

export interface GuardOptions {
  rules: GuardRules;
  session: Session;
  /** Where writes are counted. */
  limits: LimitStore;
  /** Who is signed in at the moment. */
  who: () => Promise<Principal>;
  /** Epoch milliseconds. */
  now: () => number;
}

/** The guard rails of one session: what is protected, how much may be written, what is hidden. */
export class Guard {
  readonly #protection: Protection;
  readonly #limits: WriteLimits;
  readonly #attributes: HiddenAttributes;

  constructor({ rules, session, limits, who, now }: GuardOptions) {
    this.#protection = new Protection(rules, session, who);
    this.#limits = new WriteLimits({ rules, store: limits, who, now });
    const attributes = new HiddenAttributes(rules);
    this.#attributes = attributes;
    this.hiddenNames = attributes.names;
    this.isHidden = (...path) => attributes.hides(...path);
    this.hidesLogins = attributes.hidesLogins;
    this.hides = attributes.none ? undefined : (path) => attributes.at(path);
  }

  /** What becomes of the attribute at a path of a result; undefined where nothing is hidden at all. */
  readonly hides: ((path: readonly string[]) => Hiding | undefined) | undefined;

  /** The names and paths of the attributes that are hidden, in one spelling. */
  readonly hiddenNames: readonly string[];

  /** True where the attribute at a path is hidden. */
  readonly isHidden: (...path: string[]) => boolean;

  /** True where logins are hidden, so that nobody may be named by one. */
  readonly hidesLogins: boolean;

  /** What hides the hidden values of some JSON in texts about it. */
  texts(about: unknown): (text: string) => string {
    const hidden = new HiddenValues(this.#attributes);
    hidden.note(about);
    return (text) => hidden.inText(text);
  }

  /** Begins to look after one call. */
  forCall(): CallGuard {
    return new CallGuard(this.#protection, this.#limits, this.#attributes);
  }
}

/** What of a tool matters to the guard; one without a scope makes calls of others, each of which is looked at. */
type GuardedTool = Pick<Tool, "name" | "effect" | "scope" | "compares">;

/** The guard rails of one call. */
export class CallGuard {
  readonly #protection: Protection;
  readonly #limits: WriteLimits;
  readonly #attributes: HiddenAttributes;
  readonly #hidden: HiddenValues;
  /** What Okta answered in this call, to be told from what a tool made of it. */
  readonly #answers = new WeakSet<object>();
  #tool: GuardedTool | undefined;
  #reader: TargetReader | undefined;
  #okta: Operations | undefined;
  /** True where the call was looked at as one that removes. */
  #mayRemove = false;

  constructor(protection: Protection, limits: WriteLimits, attributes: HiddenAttributes) {
    this.#protection = protection;
    this.#limits = limits;
    this.#attributes = attributes;
    this.#hidden = new HiddenValues(attributes);
  }

  /** How the operations of this call have to be made, so that no request and no answer goes past the guard. */
  options(): Pick<CallOptions, "beforeSend" | "onAnswer"> {
    return {
      beforeSend: (request) => this.#mayLeave(request),
      onAnswer: ({ json }) => {
        if (typeof json === "object" && json !== null) this.#answers.add(json);
        this.#hidden.note(json);
      },
    };
  }

  /**
   * Looks at a call before anything happens.
   * @param context its operations are made with `options`
   * @throws OktaMcpError protected, and what reading a target fails with
   */
  async begin(
    tool: GuardedTool,
    args: Readonly<Record<string, unknown>>,
    { okta, toolFor }: Pick<ToolContext, "okta" | "toolFor">,
  ): Promise<void> {
    this.#tool = tool;
    this.#okta = okta;
    this.#reader = new TargetReader(okta);
    this.#hidden.noteArguments(args);
    this.#attributes.refuseComparison(tool, args, toolFor);
    if (tool.effect === "reads") return;
    this.#mayRemove = tool.effect === "removes";
    await this.#limits.check(this.#mayRemove && tool.scope !== null ? "removal" : "write");
    await this.#protection.check(targetsOfArguments(args), tool.effect, this.#reader);
  }

  /**
   * Looks at what a call changes without naming it, after `begin`.
   * @param read finds these objects; called only where a rule protects one of the kinds
   * @throws OktaMcpError protected, also where they cannot be read whole; what else `read` fails with
   */
  async touch(
    kinds: readonly ProtectedKind[],
    read: (isProtected: IsProtected) => Promise<readonly Touched[]>,
  ): Promise<void> {
    if (this.#reader === undefined || !this.#protection.hasRulesFor(kinds)) return;
    await this.#protection.checkTouched(kinds, read, this.#reader);
  }

  /**
   * Looks at what a call does besides what its tool's name says, after `begin`.
   * @param others as the tools would be called that do nothing else
   * @throws OktaMcpError protected, as `begin` does for these calls
   */
  async also(others: readonly GuardedCall[]): Promise<void> {
    if (this.#tool === undefined || this.#reader === undefined) return;
    this.#mayRemove = [this.#tool, ...others.map(({ tool }) => tool)].some(({ effect }) => effect === "removes");
    if (this.#mayRemove && this.#tool.scope !== null) await this.#limits.check("removal");
    for (const { tool, args } of others) {
      if (tool.effect !== "reads") await this.#protection.check(targetsOfArguments(args), tool.effect, this.#reader);
    }
  }

  /** Keeps values that go to Okta unseen out of every text of this call. */
  conceal(values: readonly Json[]): void {
    this.#hidden.conceal(values);
  }

  /** Tells that time has passed: what was read before is read again before a request leaves. */
  forget(): void {
    this.#reader?.forget();
  }

  /** @throws OktaMcpError protected, when one more would be too many; counts nothing */
  checkRoom(as: Counted): Promise<void> {
    return this.#limits.check(as);
  }

  /** @throws OktaMcpError protected, when these would be too many; counts nothing */
  checkRoomFor(wanted: WantedAtOnce): Promise<void> {
    return this.#limits.checkAll(wanted);
  }

  /** Counts a write that is about to happen. @throws OktaMcpError protected, when it would be one too many */
  count(as: Counted): Promise<void> {
    return this.#limits.take(as);
  }

  /** The last look, at what goes to Okta whatever code made it. */
  async #mayLeave(request: OktaRequest): Promise<void> {
    if (request.method === "GET" || request.method === "HEAD") return;
    if (this.#tool === undefined || this.#reader === undefined || this.#tool.effect === "reads") {
      const { method, template } = request;
      throw new OktaMcpError("bug", `A tool that reads was about to send ${method} ${template}; it was not sent.`);
    }
    const removes = await this.#removes(request, this.#okta);
    const kind: WriteKind = removes ? "removes" : this.#tool.effect;
    await this.#protection.check(targetsOfRequest(request), kind, this.#reader);
  }

  /** Whether a request takes something away. @throws OktaMcpError where the call was not looked at as one that does */
  async #removes(request: OktaRequest, okta: Operations | undefined): Promise<boolean> {
    const { method, template } = request;
    if (takesAway(request)) {
      if (this.#mayRemove) return true;
      throw new OktaMcpError(
        "bug",
        `A tool that does not say that it removes was about to send ${method} ${template}; it was not sent.`,
      );
    }
    if (okta === undefined || !(await switchesOff(request, okta))) return false;
    if (this.#mayRemove) return true;
    throw new OktaMcpError(
      "conflict",
      "Nothing was changed. The body would switch off what is active, and nobody was asked about that.",
      {
        fix: "Read the object again and make the call anew; send the status that it has, or use the tool that deactivates.",
      },
    );
  }

  /** A text for a person or a model without hidden values. */
  readonly text = (text: string): string => this.#hidden.inText(text);

  /** An error without hidden values. */
  error(error: OktaMcpError): OktaMcpError {
    return this.#hidden.inError(error);
  }

  /**
   * A result without hidden values in what a tool made itself. Attributes in Okta's own answers are
   * hidden by their place, so that two with one value are not taken for one.
   * @param value what the tool returned
   * @param result what becomes of it
   */
  result(value: unknown, result: { [key: string]: Json }): { [key: string]: Json } {
    const fromOkta = typeof value === "object" && value !== null && this.#answers.has(value);
    return fromOkta ? result : (this.#hidden.inResult(result) as { [key: string]: Json });
  }
}
