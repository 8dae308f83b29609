import { pino } from "pino";
import {
  LOG_LEVELS,
  type Log,
  type LogFields,
  type LogLevel,
  logMethods,
  MAX_RECORD_CHARS,
  plainFields,
} from "../../log.js";
import { INVISIBLE } from "../../text/quote.js";
import { redact } from "../../text/redact.js";

/** A log whose level can change while it is in use. */
export interface JsonLog extends Log {
  setLevel(level: LogLevel): void;
}

export interface JsonLogOptions {
  level: LogLevel;
  stream: Pick<NodeJS.WritableStream, "write">;
  /** What every record of the running request has besides. */
  context?: () => Record<string, string>;
  /** Epoch milliseconds. */
  now?: () => number;
}

/** An invisible character as JSON writes it inside a string. */
function escaped(character: string): string {
  const units = character.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"));
  return units.map((unit) => `\\u${unit}`).join("");
}

/**
 * A log of one JSON object on each line, for the programs that collect logs. It leaves out the same secrets as the log
 * of `createLog`. No method ever throws.
 */
export function createJsonLog({ level, stream, context = () => ({}), now = Date.now }: JsonLogOptions): JsonLog {
  let threshold = LOG_LEVELS.indexOf(level);
  const logger = pino(
    {
      level,
      base: null,
      messageKey: "message",
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      mixin: context,
    },
    {
      write(line: string) {
        const body = line.trimEnd();
        // Text of clients and of the org may hold characters that would change what a terminal shows.
        stream.write(`${body.replace(INVISIBLE, escaped)}\n`);
      },
    },
  );
  const hides = () => false;
  const write = (recordLevel: LogLevel, message: string, fields: LogFields | undefined) => {
    const plain = plainFields(fields, { threshold, hides });
    const text = JSON.stringify(plain);
    const shown = redact(message);
    if (text.length <= MAX_RECORD_CHARS) logger[recordLevel](plain, shown);
    else logger[recordLevel]({ cut: `${text.slice(0, MAX_RECORD_CHARS)}…` }, shown);
  };
  return {
    ...logMethods(() => threshold, write),
    close: () => {},
    setLevel(next) {
      threshold = LOG_LEVELS.indexOf(next);
      logger.level = next;
    },
  };
}
