import type { Principal } from "../auth/principal.js";
import type { Session } from "../auth/session.js";
import { actsItself } from "../catalogue/tool-sorts.js";
import { OktaMcpError } from "../errors/index.js";
import type { Json } from "../json/json.js";
import { isWrite } from "../okta/fault.js";
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

/** True for a request whose address takes something away, whatever its tool says. */
function takesAway({ method, template }: OktaRequest): boolean {
  return method === "DELETE" || /\/lifecycle\/(?:deactivate|suspend)$/.test(template);
}

/** A call in the form of another tool. */
export interface GuardedCall {
  tool: Pick<Tool, "effect">;
  args: Readonly<Record<string, unknown>>;
}

export interface GuardOptions {
  rules: GuardRules;
  session: Session;
  /** The store of counted writes. */
  limits: LimitStore;
  /** The principal who is signed in now. */
  who: () => Promise<Principal>;
  /** The principal whose writes are counted; by default the one who is signed in. */
  counted?: () => Promise<Principal>;
  /** Epoch milliseconds. */
  now: () => number;
}

/** The guard rails of one session: protected objects, limits on writes, hidden attributes. */
export class Guard {
  readonly #protection: Protection;
  readonly #limits: WriteLimits;
  readonly #attributes: HiddenAttributes;

  constructor({ rules, session, limits, who, counted = who, now }: GuardOptions) {
    this.#protection = new Protection(rules, session, who);
    this.#limits = new WriteLimits({ rules, store: limits, who: counted, now });
    const attributes = new HiddenAttributes(rules);
    this.#attributes = attributes;
    this.hiddenNames = attributes.names;
    this.isHidden = (...path) => attributes.hides(...path);
    this.hidesLogins = attributes.hidesLogins;
    this.hides = attributes.none ? undefined : (path) => attributes.at(path);
  }

  /** The treatment of the attribute at a path of a result; undefined where nothing is hidden at all. */
  readonly hides: ((path: readonly string[]) => Hiding | undefined) | undefined;

  /** The names and paths of the attributes that are hidden, in one spelling. */
  readonly hiddenNames: readonly string[];

  /** True where the attribute at a path is hidden. */
  readonly isHidden: (...path: string[]) => boolean;

  /** True where logins are hidden, so that a login may name nobody. */
  readonly hidesLogins: boolean;

  /** Makes a function that hides the hidden values of some JSON in texts about it. */
  texts(about: unknown): (text: string) => string {
    const hidden = new HiddenValues(this.#attributes);
    hidden.note(about);
    return (text) => hidden.inText(text);
  }

  /** Makes the guard rails of one call. */
  forCall(): CallGuard {
    return new CallGuard(this.#protection, this.#limits, this.#attributes);
  }
}

/**
 * The properties of a tool that matter to the guard. A tool that does nothing itself makes calls of others, and each of
 * these is checked.
 */
type GuardedTool = Pick<Tool, "name" | "effect" | "scope" | "api" | "compares" | "secretsIn">;

/** The guard rails of one call. */
export class CallGuard {
  readonly #protection: Protection;
  readonly #limits: WriteLimits;
  readonly #attributes: HiddenAttributes;
  readonly #hidden: HiddenValues;
  /** Okta's answers in this call. They are told from values that a tool made. */
  readonly #answers = new WeakSet<object>();
  #tool: GuardedTool | undefined;
  #reader: TargetReader | undefined;
  #okta: Operations | undefined;
  /** True where the call was checked as a removal. */
  #mayRemove = false;

  constructor(protection: Protection, limits: WriteLimits, attributes: HiddenAttributes) {
    this.#protection = protection;
    this.#limits = limits;
    this.#attributes = attributes;
    this.#hidden = new HiddenValues(attributes);
  }

  /** The hooks for the operations of this call. No request and no answer goes past the guard. */
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
    this.#hidden.noteArguments(args, tool.secretsIn?.(args));
    this.#attributes.refuseComparison(tool, args, toolFor);
    if (tool.effect === "reads") return;
    this.#mayRemove = tool.effect === "removes";
    await this.#limits.check(this.#mayRemove && actsItself(tool) ? "removal" : "write");
    // The arguments of an API name objects of that API.
    if (tool.api === undefined) await this.#protection.check(targetsOfArguments(args), tool.effect, this.#reader);
  }

  /**
   * Checks the objects that a call changes without naming them, after `begin`.
   * @param read finds these objects; it is called only where a rule protects one of the kinds
   * @throws OktaMcpError protected, also where they cannot be read whole; other errors of `read`
   */
  async touch(
    kinds: readonly ProtectedKind[],
    read: (isProtected: IsProtected) => Promise<readonly Touched[]>,
  ): Promise<void> {
    if (this.#reader === undefined || !this.#protection.hasRulesFor(kinds)) return;
    await this.#protection.checkTouched(kinds, read, this.#reader);
  }

  /**
   * Checks the further effects of a call, after `begin`.
   * @param others the effects as calls of the tools that have only this effect
   * @throws OktaMcpError protected, as `begin` does for these calls
   */
  async also(others: readonly GuardedCall[]): Promise<void> {
    if (this.#tool === undefined || this.#reader === undefined) return;
    this.#mayRemove = [this.#tool, ...others.map(({ tool }) => tool)].some(({ effect }) => effect === "removes");
    if (this.#mayRemove && actsItself(this.#tool)) await this.#limits.check("removal");
    for (const { tool, args } of others) {
      if (tool.effect !== "reads") await this.#protection.check(targetsOfArguments(args), tool.effect, this.#reader);
    }
  }

  /** Hides these values in every text of this call. They go to Okta unseen. */
  conceal(values: readonly Json[]): void {
    this.#hidden.conceal(values);
  }

  /** Drops all that was read, since time has passed. It is read again before a request leaves. */
  forget(): void {
    this.#reader?.forget();
  }

  /** @throws OktaMcpError protected, when one more would be too many; counts nothing */
  checkRoom(as: Counted): Promise<void> {
    return this.#limits.check(as);
  }

  /** @throws OktaMcpError protected, where the limits do not allow so many calls; counts nothing */
  checkRoomFor(wanted: WantedAtOnce): Promise<void> {
    return this.#limits.checkAll(wanted);
  }

  /** Counts a write that is about to happen. @throws OktaMcpError protected, where it is one too many */
  count(as: Counted): Promise<void> {
    return this.#limits.take(as);
  }

  /** The last check. It sees every request to Okta or to an API, whatever code made it. */
  async #mayLeave(request: OktaRequest): Promise<void> {
    if (!isWrite(request)) return;
    if (this.#tool === undefined || this.#reader === undefined || this.#tool.effect === "reads") {
      const { method, template } = request;
      throw new OktaMcpError("bug", `A tool that reads was about to send ${method} ${template}; it was not sent.`);
    }
    if (request.api !== undefined) {
      this.#mayReachApi(request, request.api);
      return;
    }
    const removes = await this.#removes(request, this.#okta);
    const kind: WriteKind = removes ? "removes" : this.#tool.effect;
    await this.#protection.check(targetsOfRequest(request), kind, this.#reader);
  }

  /** A request to an API is that of its tool. @throws OktaMcpError where it is not */
  #mayReachApi({ method, template }: OktaRequest, api: string): void {
    if (this.#tool?.api?.name === api && (method !== "DELETE" || this.#mayRemove)) return;
    throw new OktaMcpError(
      "bug",
      `A tool that does not say that it does so was about to send ${method} ${template}; it was not sent.`,
    );
  }

  /** True where a request takes something away. @throws OktaMcpError where the call was not checked as a removal */
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
   * A result without hidden values in the parts that a tool made. In Okta's own answers attributes are hidden by their
   * place, so that two with equal values are not confused.
   * @param value the tool's return value
   * @param result the result made of it
   */
  result(value: unknown, result: { [key: string]: Json }): { [key: string]: Json } {
    const fromOkta = typeof value === "object" && value !== null && this.#answers.has(value);
    return fromOkta ? result : (this.#hidden.inResult(result) as { [key: string]: Json });
  }
}
