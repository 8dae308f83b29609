import { mustTestAll } from "../support/programs.js";

/** One line of the table. */
export interface Row {
  /** What happens, beginning with the row's number in the plan of tests where it has one. */
  what: string;
  load: string;
  /**
   * What a client was told is done and is not there or on no record, what is there and on no record, and requests
   * without an answer where each has to have one.
   */
  lost: number;
  /** Changes that happened more often than they were asked for. */
  doubled: number;
  /** Who was told that it did not work, and how often. */
  refused: string;
  /** The time until all is as before. */
  recovered: string;
  /** The first thing that was not as expected; undefined if all was. */
  failure: string | undefined;
  /** Why the row could not be played. */
  skipped: string | undefined;
}

/** What a scenario can use. */
export interface Act {
  /** True for the form that CI plays: the same rows with less load. */
  isShort: boolean;
  /** Chooses a number by the form that is played. */
  size(full: number, short: number): number;
  /** Adds a line to the table. */
  line(row: Pick<Row, "what" | "load"> & Partial<Row>): void;
  /** Has something done at the end of the scenario, the last first. */
  atEnd(work: () => unknown): void;
}

/** Something that is played and gives one line or several. */
export interface Scenario {
  /** It chooses the scenario on the command line. */
  name: string;
  /** True for one that the short form leaves out, since others show the same and it takes long. */
  isLong?: boolean;
  /** The reason why it cannot be played here; undefined if it can. */
  lacks?: () => string | undefined;
  play(act: Act): Promise<void>;
}

/** Plays a scenario. Never rejects: the rows tell what went wrong. */
export async function play({ name, lacks, play: act }: Scenario, isShort: boolean): Promise<Row[]> {
  const rows: Row[] = [];
  const blank = { lost: 0, doubled: 0, refused: "none", recovered: "", failure: undefined, skipped: undefined };
  const line: Act["line"] = (row) => void rows.push({ ...blank, ...row });
  const missing = lacks?.();
  if (missing !== undefined) {
    line({ what: name, load: "", skipped: missing, ...(mustTestAll() && { failure: "OKTA_MCP_TEST_ALL=1" }) });
    return rows;
  }
  const endings: (() => unknown)[] = [];
  try {
    const size = (full: number, short: number) => (isShort ? short : full);
    await act({ isShort, size, line, atEnd: (work) => void endings.push(work) });
  } catch (error) {
    line({ what: name, load: "broke off", failure: messageOf(error) });
  }
  for (const end of endings.reverse()) {
    try {
      await end();
    } catch (error) {
      line({ what: name, load: "at the end", failure: messageOf(error) });
    }
  }
  return rows;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
