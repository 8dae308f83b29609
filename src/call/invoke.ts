import { findTool } from "../catalogue/find-tool.js";
import type { OktaMcpError } from "../errors/index.js";
import { toOktaMcpError } from "../errors/render.js";
import type { CallGuard } from "../guard/guard.js";
import type { Json } from "../json/json.js";
import type { Log, LogFields } from "../log.js";
import { CallRun, type CallSettings } from "./call-run.js";
import type { Caller, HoldingCaller } from "./caller.js";
import { InputNeeded, type InputRequest } from "./input-needed.js";
import type { Operator } from "./operator.js";
import { fromClient } from "./prepared.js";

/** The outcome of a call. */
export type Settled = { result: { [key: string]: Json } } | { error: OktaMcpError };

/** Questions whose answers the next round brings. */
export interface Round {
  needs: readonly InputRequest[];
  state: string;
}

/**
 * The end of a round: the outcome of the call; questions; or the refusal of a state that was not given out here to
 * whoever the call is made for.
 */
export type Outcome = Settled | Round | { wrongState: true };

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
    const { traceparent, requestId, resumed } = caller;
    const told = () => ({
      tool,
      ms: now() - startedAtMs,
      ...(requestId === undefined ? {} : { request_id: requestId }),
      ...(traceparent === undefined ? {} : { traceparent }),
    });
    try {
      if (resumed !== undefined && !(await operator.knows(resumed))) {
        log.info("call refused: its state is none of this server", told());
        return { wrongState: true };
      }
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

  #failed(thrown: unknown, { signal }: Caller, guard: CallGuard, told: LogFields): OktaMcpError {
    const error = guard.error(toOktaMcpError(thrown, signal));
    const { tool, ...measured } = told;
    this.#options.log[error.code === "bug" ? "error" : "info"]("call failed", {
      tool,
      error: error.code,
      ...measured,
      ...(error.code === "bug" ? { cause: error.cause ?? error } : {}),
    });
    return error;
  }
}
