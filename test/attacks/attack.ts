import assert from "node:assert/strict";
import { runBuilt } from "../support/built-command.js";
import { mayBeLeftOut, mustTestAll } from "../support/programs.js";
import { type Json, type Outcome, outcome, type Person } from "../support/server-process.js";
import { filesIn, sighting } from "../support/sightings.js";
import { openStage, type Stage, type StageOptions } from "../support/stage.js";

/** Some attacks on one promise, with the org and the server that they share. */
export interface Scenario {
  name: string;
  /** The promise as the first column of the table in SECURITY.md names it. */
  promise: string;
  /** Options of the stage, or a function that returns them where something has to be prepared first. */
  stage?: StageOptions | (() => Promise<StageOptions>);
  /** The reason why this computer cannot play the scenario; undefined where it can. */
  lacks?: () => string | undefined;
  play(act: Act): Promise<void>;
}

/** The result of one attack or of one control. */
export interface Row {
  scenario: string;
  promise: string;
  name: string;
  kind: "attack" | "control";
  /** The difference from the expectation; undefined where there was none. */
  failure: string | undefined;
  skipped?: string;
}

export type Call = readonly [tool: string, args: Json];

/** An action and the results that it has to have. Faults that were set in the org end with it. */
export interface Deed {
  /** One call of a tool; `does` is any other action. */
  call?: Call;
  does?: () => Promise<Outcome>;
  /**
   * The expected result: "ok", the code of an error, or a list of codes of which one has to come. By default a control
   * expects "ok", and an attack expects one of REFUSALS.
   */
  sees?: string | readonly string[];
  /** The answer has to match this. */
  says?: RegExp;
  /** Texts that may stand in no answer, on neither stdout nor stderr, and in no file. */
  never?: readonly string[];
  /**
   * The writes that have to reach the org, such as `DELETE /api/v1/groups/00g1`. An attack expects none by default, a
   * control accepts any. A regular expression has to match the lines of all writes; `null` accepts any.
   */
  reaches?: readonly string[] | RegExp | null;
  /** A further check of the result; it throws where the check fails. */
  check?: (outcome: Outcome) => void | Promise<void>;
}

/** The stage, with the functions by which a scenario plays its attacks. */
export interface Act extends Stage {
  /** Plays the harmless form of an attack, which has to succeed. Without it, no attack of the scenario counts. */
  control(name: string, deed: Deed): Promise<Outcome | undefined>;
  attack(name: string, deed: Deed): Promise<Outcome | undefined>;
  /** Plays one attack for each member of `kind`. */
  attacks<T>(kind: Iterable<T>, deed: (member: T) => readonly [name: string, deed: Deed]): Promise<void>;
  /** Notes an attack as left out because this computer cannot play it. */
  leaveOut(name: string, why: string): void;
}

/** The codes of answers that say that nothing was done and who decided so. */
export const REFUSALS = [
  "bad_input",
  "needs_confirmation",
  "would_remove",
  "declined",
  "protected",
  "conflict",
  "missing_scope",
  "not_found",
] as const;

/** The longest time that an attack may take, even where an answer of the org never ends. */
const HARD_STOP_MS = 45_000;

/** The longest text of a failure that is printed. */
const MAX_SHOWN_CHARS = 600;

/** The requests that may have changed something, each as its method and path. */
export function writesOf(requests: Stage["requests"]): string[] {
  return requests()
    .filter(({ method, path }) => method !== "GET" && method !== "HEAD" && path.startsWith("/api/"))
    .map(({ method, path }) => `${method} ${path}`);
}

/** A person who declines every question, and the list of the questions. */
export function declining(): { asked: string[]; person: Person } {
  const asked: string[] = [];
  return {
    asked,
    person({ message }) {
      asked.push(message);
      return { action: "decline" };
    },
  };
}

/** Runs the built command with the settings of a stage and further ones; the outcome's `sees` is the exit code. */
export async function runCommand(
  stage: Pick<Stage, "env" | "folder">,
  args: readonly string[],
  { env = {}, nodeFlags = [] }: { env?: Readonly<Record<string, string>>; nodeFlags?: readonly string[] } = {},
): Promise<Outcome> {
  const options = { env: { ...stage.env, ...env }, cwd: stage.folder, nodeFlags };
  const { code, stdout, stderr } = await runBuilt(args, options);
  return outcome(String(code), { text: stdout + stderr });
}

/** Rejects where `until` takes too long, because to keep a server waiting is an attack too. */
export async function withHardStop<T>(what: string, until: Promise<T>, hardStopMs = HARD_STOP_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const stop = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not end within ${hardStopMs / 1000} s`)), hardStopMs);
  });
  return Promise.race([until, stop]).finally(() => clearTimeout(timer));
}

/** Plays a scenario on a stage of its own. It never rejects: errors are in the rows. */
export async function play({ name: scenario, promise, stage: wanted, lacks, play: act }: Scenario): Promise<Row[]> {
  const rows: Row[] = [];
  const note = (kind: Row["kind"], name: string, failure?: string) => {
    const row: Row = { scenario, promise, name, kind, failure };
    rows.push(row);
    return row;
  };
  const leaveOut = (name: string, why: string) => {
    const mustRun = mustTestAll() && !mayBeLeftOut(why);
    note("attack", name, mustRun ? `OKTA_MCP_TEST_ALL=1, but ${why}` : undefined).skipped = why;
  };
  const missing = lacks?.();
  if (missing !== undefined) {
    leaveOut("all of it", missing);
    return rows;
  }
  let stage: Stage | undefined;
  try {
    const options = typeof wanted === "function" ? await wanted() : wanted;
    const opened = await openStage({
      structuredContent: false,
      ...options,
      env: { OKTA_MCP_CONFIRM: "ask", ...options?.env },
    });
    stage = opened;
    const perform = async (kind: Row["kind"], name: string, deed: Deed): Promise<Outcome | undefined> => {
      const row = note(kind, name);
      try {
        return await withHardStop(name, tryOut(opened, kind, deed));
      } catch (error) {
        row.failure = messageOf(error);
        return undefined;
      } finally {
        opened.sandbox.clearFaults();
      }
    };
    const parts: Pick<Act, "control" | "attack" | "attacks" | "leaveOut"> = {
      control: (name, deed) => perform("control", name, deed),
      attack: (name, deed) => perform("attack", name, deed),
      async attacks(kind, deed) {
        for (const member of kind) await parts.attack(...deed(member));
      },
      leaveOut,
    };
    // The getters of the stage are kept as getters, because they return other values after a restart.
    const descriptors = Object.fromEntries(Object.entries(parts).map(([key, value]) => [key, { value }]));
    await withHardStop("the scenario", act(Object.create(opened, descriptors) as Act), 4 * HARD_STOP_MS);
  } catch (error) {
    note("control", "the scenario broke off", messageOf(error));
  }
  await stage?.close().catch((error: unknown) => note("control", "the end of the server", messageOf(error)));
  if (!rows.some(({ kind }) => kind === "control") && rows.some(({ skipped }) => skipped === undefined)) {
    note("control", "there is a control", "Nothing shows that these attacks would do anything.");
  }
  return rows;
}

async function tryOut(stage: Stage, kind: Row["kind"], deed: Deed): Promise<Outcome> {
  const { call, does, says, never = [], reaches = kind === "attack" ? [] : null, check } = deed;
  const { sees = kind === "attack" ? REFUSALS : "ok" } = deed;
  stage.forget();
  const act =
    does ?? (() => stage.server.call(...(call ?? assert.fail("a deed without a call")), { timeout: HARD_STOP_MS }));
  const seen = await act();
  const said = seen.text || seen.message;
  assert.ok(
    [sees].flat().includes(seen.sees),
    `seen: ${seen.sees}, expected: ${[sees].flat().join(", ")}: ${cut(said)}`,
  );
  if (says) assert.match(said, says, `what is said: ${cut(said)}`);
  const writes = writesOf(stage.requests);
  if (reaches instanceof RegExp) assert.match(writes.join("\n"), reaches, "what reached the org");
  else if (reaches !== null) assert.deepEqual(writes, reaches, "what reached the org");
  const found =
    never.length === 0
      ? undefined
      : sighting(never, { answer: `${said}${JSON.stringify(seen.data)}`, ...seenAnywhere(stage) });
  assert.equal(found && cut(`${found.where}: ${found.before}`), undefined, "what must not be said");
  await check?.(seen);
  return seen;
}

/** All output of the server so far and all files of the stage, each by its name or path. */
export function seenAnywhere({ server, folder }: Pick<Stage, "server" | "folder">): { [where: string]: string } {
  return { stdout: server.stdout(), stderr: server.stderr(), ...filesIn(folder) };
}

const cut = (text: string) => (text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text);

function messageOf(error: unknown): string {
  return cut(error instanceof Error ? error.message : String(error));
}
