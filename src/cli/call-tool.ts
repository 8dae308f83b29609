import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { CallToolResultSchema, ElicitRequestSchema, type ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import type { Session } from "../auth/session.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import { OktaMcpError } from "../errors/index.js";
import { toOktaMcpError } from "../errors/render.js";
import { createServer } from "../mcp/server.js";
import { visible } from "../text/quote.js";
import type { Connection } from "./connection.js";
import { errorFrom } from "./failure.js";
import type { Io } from "./io.js";
import { type Activity, askYesNo, startActivity } from "./person.js";
import { showLink } from "./sign-in-link.js";
import { atTerminal } from "./terminal-words.js";
import { version } from "./version.js";

export interface ToolCall {
  tool: string;
  args: Record<string, unknown>;
  /** Removals are agreed to beforehand. */
  yes: boolean;
  /** The command's own options for arguments. Other arguments are `--arg name=value`. */
  options?: Readonly<Record<string, string>>;
  /** Nothing but the result and errors is shown. */
  quiet: boolean;
  signal: AbortSignal;
}

/** The outcome of a call. */
export type CallOutcome = { result: Record<string, unknown> } | { error: OktaMcpError };

/** Longer than any call takes; what has to be bounded is bounded by the server. */
const CALL_TIMEOUT_MS = 24 * 3_600_000;

/** A real MCP client and the real server, linked inside this process. */
export interface ToolCaller {
  /** Never rejects. */
  call(call: Omit<ToolCall, "yes">): Promise<CallOutcome>;
  close(): Promise<void>;
}

/**
 * Calls a tool through a real MCP client and the real server, linked inside this process, so that a
 * shell gets what any other client gets. Questions to the person are asked on the terminal.
 */
export async function callTool(
  io: Io,
  connection: Connection,
  catalogue: Catalogue,
  call: ToolCall,
): Promise<CallOutcome> {
  const caller = await openCaller(io, connection, catalogue, call);
  try {
    return await caller.call(call);
  } finally {
    await caller.close();
  }
}

/** Opens what `callTool` calls through, for any number of calls. */
export async function openCaller(
  io: Io,
  connection: Connection,
  catalogue: Catalogue,
  { yes }: Pick<ToolCall, "yes">,
): Promise<ToolCaller> {
  const session = io.interactive ? connection.session : withoutPerson(connection.session);
  const apis = connection.own?.operatorApis(io.interactive ? undefined : withoutPersonOnce());
  const server = createServer({
    ...connection.server,
    session,
    catalogue,
    calls: connection.calls(catalogue, { session, yesFlag: yes, ...(apis && { apis }) }),
    structuredContent: true,
    reader: "terminal",
    // Who answers on this terminal is known, and how quick a shell's yes is, too; a person who types needs no signs of life.
    fastestPersonMs: 0,
    every: () => () => undefined,
  });
  let person: TerminalPerson | undefined;
  const names = new Set(catalogue.entries.map(({ name }) => name));
  const client = new Client(
    { name: "okta-mcp call", version: version() },
    { capabilities: { elicitation: { form: {}, ...(io.interactive ? { url: {} } : {}) } } },
  );
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
    if (person === undefined) return { action: "cancel" };
    return params.mode === "url" ? person.openLink(params.url, params.message) : person.confirm(params.message);
  });
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  // A stored sign-in has to be known before the server looks at what is granted.
  await Promise.all([connection.session.restore(), connection.own?.restore()]);
  await server.connect(serverSide);
  await client.connect(clientSide);
  return {
    async call(call) {
      const asked = new TerminalPerson(io, { ...call, yes });
      person = asked;
      try {
        await asked.begin();
        const answer = await client.callTool({ name: call.tool, arguments: call.args }, CallToolResultSchema, {
          timeout: CALL_TIMEOUT_MS,
          signal: call.signal,
          onprogress: ({ message }) => asked.progress(message),
        });
        const error = answer.isError ? errorFrom(answer.structuredContent) : undefined;
        if (error) return { error: atTerminal(asked.explain(error), names, call.options) };
        return { result: (answer.structuredContent ?? {}) as Record<string, unknown> };
      } catch (thrown) {
        if (call.signal.aborted) return { error: new OktaMcpError("cancelled", `${visible(call.tool)} was stopped.`) };
        return { error: toOktaMcpError(thrown) };
      } finally {
        asked.end();
        person = undefined;
      }
    },
    async close() {
      await client.close();
      await server.close();
    },
  };
}

/** The person at the terminal, as the server reaches them. */
class TerminalPerson {
  readonly #io: Io;
  readonly #call: ToolCall;
  #activity: Activity | undefined;
  #message: string;
  #needsYes = false;

  constructor(io: Io, call: ToolCall) {
    this.#io = io;
    this.#call = call;
    this.#message = `Calling ${visible(call.tool)}`;
  }

  async begin(): Promise<void> {
    // Where nobody is watching, only what takes long is worth a line.
    if (this.#io.stderr.isTTY && !this.#call.quiet) this.#activity = await startActivity(this.#io, this.#message);
  }

  progress(message = ""): void {
    this.#message = visible(message);
    if (this.#activity) this.#activity.say(this.#message);
    else if (!this.#call.quiet) this.#io.note(this.#message);
  }

  end(): void {
    this.#activity?.stop();
    this.#activity = undefined;
  }

  async confirm(message: string): Promise<ElicitResult> {
    const { interactive } = this.#io;
    const { yes, quiet, signal } = this.#call;
    this.end();
    if (!(quiet && yes)) for (const line of message.split("\n")) this.#io.note(visible(line));
    if (yes) return { action: "accept", content: { confirm: true } };
    if (!interactive) {
      this.#io.note();
      this.#needsYes = true;
      return { action: "decline" };
    }
    const answer = await askYesNo(this.#io, "Go on?", signal);
    if (answer === undefined) return { action: "cancel" };
    if (!answer) return { action: "decline" };
    await this.begin();
    return { action: "accept", content: { confirm: true } };
  }

  async openLink(url: string, message: string): Promise<ElicitResult> {
    this.end();
    this.#io.note("Nobody is signed in yet. Open this link:");
    await showLink(this.#io, { url, lines: [message] }, true);
    this.#message = "Waiting for the approval in the browser; Ctrl-C cancels.";
    await this.begin();
    return { action: "accept" };
  }

  /** An error that is due to nobody being there, in words that help. */
  explain(error: OktaMcpError): OktaMcpError {
    if (error.code !== "declined" || !this.#needsYes) return error;
    return new OktaMcpError("declined", "Nothing was changed: this needs a yes, and there is no terminal to ask on.", {
      fix: `Add --yes if it is really wanted, or run it in a terminal.${
        this.#call.args.confirmation === undefined ? "" : " A confirmation counts in the process that gave it only."
      }`,
    });
  }
}

/** Puts `withoutPerson` around sessions, around each once. */
function withoutPersonOnce(): (session: Session, api: string) => Session {
  const made = new Map<Session, Session>();
  return (session, api) => {
    const known = made.get(session) ?? withoutPerson(session, api);
    made.set(session, known);
    return known;
  };
}

/** The session as it is, but for a sign-in, which needs a person. @param command signs a person in */
function withoutPerson(session: Session, api?: string): Session {
  return {
    method: session.method,
    configured: session.configured,
    granted: () => session.granted(),
    token: (signal) => session.token(signal),
    reject: (token, certain) => session.reject(token, certain),
    restore: () => session.restore(),
    startSignIn: () =>
      Promise.reject(
        new OktaMcpError(
          "signed_out",
          `Nobody is signed in${api === undefined ? "" : ` to the API ${api}`}, and there is no terminal on which a person could.`,
          {
            fix: `Run \`okta-mcp login${api === undefined ? "" : ` --api ${api}`}\` on this machine first, or ${session.method === "code" ? "have the API know a service (auth.kind client_credentials)" : "set OKTA_PRIVATE_KEY or OKTA_PRIVATE_KEY_FILE"} for automation.`,
          },
        ),
      ),
    signOut: () => session.signOut(),
    status: () => session.status(),
    onChange: (listener) => session.onChange(listener),
    close: () => session.close(),
  };
}
