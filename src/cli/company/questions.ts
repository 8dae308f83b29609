import type { Io } from "../io.js";
import { openLines } from "../person.js";

/** Asks for a text on the terminal, again and again while it is empty and must not be. */
export type Ask = (question: string, options?: { mayBeEmpty?: boolean }) => Promise<string>;

/**
 * Asks a person several questions.
 * @returns undefined where the person left without an answer (Ctrl-C, Ctrl-D)
 */
export async function withQuestions<T>(io: Io, questions: (ask: Ask) => Promise<T>): Promise<T | undefined> {
  const { lines, left } = openLines(io);
  const ask: Ask = async (question, { mayBeEmpty = false } = {}) => {
    for (;;) {
      const answer = (await lines.question(`${question} `, { signal: left.signal })).trim();
      if (answer !== "" || mayBeEmpty) return answer;
    }
  };
  try {
    return await questions(ask);
  } catch (error) {
    if (!left.signal.aborted) throw error;
    io.note();
    return undefined;
  } finally {
    lines.close();
  }
}
