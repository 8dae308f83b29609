import { findTool } from "../catalogue/find-tool.js";
import type { OktaMcpError } from "../errors/index.js";
import { toOktaMcpError } from "../errors/render.js";
import type { CallGuard } from "../guard/guard.js";
import type { Json } from "../json/json.js";
import type { Log } from "../log.js";
import { CallRun, type CallSettings } from "./call-run.js";
import type { Caller, HoldingCaller } from "./caller.js";
import { InputNeeded, type InputRequest } from "./input-needed.js";
import type { Operator } from "./operator.js";
import { fromClient } from "./prepared.js";

/** The outcome of a call. */
export type Settled = { result: { [key: string]: Json } } | { error: OktaMcpError };

/** The end of a round: the outcome of the call, or questions whose answers the next round brings. */
export type Outcome = Settled | { needs: readonly InputRequest[]; state: string };

export interface InvokerOptions extends CallSettings {
  operator: Operator;
  log: Log;
}

/** The one way to call a tool: by its name, in the name of one operator. */
export class Invoker {
  readonly #options: InvokerOptions;

  constructor(options: InvokerOptions) {
    this.#options = options;
  }

  /**
   * Runs one call from the tool's name to its outcome. Never rejects.
   * @param raw the arguments as the client sent them
   */
  invoke(name: string, raw: unknown, caller: HoldingCaller): Promise<Settled>;
  invoke(name: string, raw: unknown, caller: Caller): Promise<Outcome>;
  async invoke(name: string, raw: unknown, caller: Caller): Promise<Outcome> {
    const { operator, catalogue, log, now } = this.#options;
    const startedAtMs = now();
    // An unknown name is text of a client, and is not logged.
    const tool = catalogue.get(name) ? name : "(no such tool)";
    const guard = operator.guard.forCall();
    const told = () => ({ tool, ms: now() - startedAtMs });
    try {
      const call = fromClient(catalogue, findTool(catalogue, name), raw);
      const { result } = await new CallRun(this.#options, operator, call, caller, guard).run();
      log.debug("call done", told());
      return { result };
    } catch (thrown) {
      if (!(thrown instanceof InputNeeded)) return { error: this.#failed(thrown, caller, guard, told()) };
      log.debug("call waits for a person", told());
      return { needs: thrown.needs, state: thrown.state };
    }
  }

  #failed(thrown: unknown, { signal }: Caller, guard: CallGuard, told: { tool: string; ms: number }): OktaMcpError {
    const error = guard.error(toOktaMcpError(thrown, signal));
    const { tool, ms } = told;
    this.#options.log[error.code === "bug" ? "error" : "info"]("call failed", {
      tool,
      error: error.code,
      ms,
      ...(error.code === "bug" ? { cause: error.cause ?? error } : {}),
    });
    return error;
  }
}
