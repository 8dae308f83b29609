import { OktaMcpError } from "../errors/index.js";
import { isObject } from "../json/json.js";
import { readerOf } from "../okta/object-readers.js";
import { OBJECT_KINDS, OBJECTS, type ObjectKind } from "../okta/objects.js";
import type { Scope } from "../okta/scopes.js";
import { idsUnder } from "../okta/targets.js";
import { reasonOf } from "../okta/tolerate.js";
import type { Arguments, ToolContext } from "../tool.js";

/** Objects of one call that are read before a preview. */
const MAX_READ = 30;

/** An object of Okta's that the arguments of a call name. */
interface Named {
  argument: string;
  id: string;
  kind: ObjectKind;
}

function namedBy(args: Arguments): Named[] {
  return OBJECT_KINDS.flatMap((kind) => {
    const { argument, collection } = OBJECTS[kind];
    // What has no place in Okta's paths cannot be looked for there.
    if (argument === undefined || collection === undefined) return [];
    return idsUnder(args, argument)
      .filter((id) => id !== "")
      .map((id) => ({ argument, id, kind }));
  });
}

/**
 * Reads whatever the arguments of a call name, so that a preview of what could only fail fails too.
 * @returns what could not be read, a sentence each
 * @throws OktaMcpError not_found where something is not there, cancelled
 */
export async function readNamed(args: Arguments, { okta, may }: ToolContext): Promise<string[]> {
  const named = namedBy(args);
  // What stands within another is read through it.
  const around = new Set(
    named.flatMap(({ kind }) => {
      const { scope, within = [] } = OBJECTS[kind];
      return scope !== undefined && may(scope) ? within : [];
    }),
  );
  const where = (argument: string) => String(args[argument]);
  const unread = (argument: string, why: string) => `Whether ${argument} is right was not checked: ${why}.`;
  const told = await Promise.all(
    named.slice(0, MAX_READ).map(async ({ argument, id, kind }): Promise<string[]> => {
      const { scope } = OBJECTS[kind];
      const read = readerOf(kind);
      if (around.has(argument)) return [];
      if (scope === undefined || read === undefined) return [unread(argument, "it cannot be read from here")];
      if (!may(scope)) return [unread(argument, `${scope} is not granted`)];
      try {
        await read(okta, id, where);
        return [];
      } catch (error) {
        return [unread(argument, `it cannot be read (${reasonOf(error, "not_found", "bad_input")})`)];
      }
    }),
  );
  const rest = named.length > MAX_READ ? [`Of the ids given, the first ${MAX_READ} were checked.`] : [];
  return [...new Set([...told.flat(), ...rest])];
}

/** A value that somebody else may have already. */
export interface Unique {
  /** E.g. "the group name". */
  what: string;
  /** The path of the attribute that has to be unique. */
  attribute: readonly string[];
  /** The scope that looking takes. */
  scope: Scope;
  /** Finds who has it; nothing where nobody does, or, where the look is not complete, perhaps nobody. */
  holder(): ReturnType<ToolContext["find"]>;
  /** Advice for the case that it is taken. */
  fix: string;
}

/**
 * Refuses what somebody else has already, in a preview.
 * @returns what could not be checked, a sentence each
 * @throws OktaMcpError conflict where it is taken, as the call itself would
 */
export async function refuseTaken(
  { may, hides }: Pick<ToolContext, "may" | "hides">,
  unique: Unique,
): Promise<string[]> {
  const { what, attribute, scope, holder, fix } = unique;
  const unchecked = (why: string) => [`Whether ${what} is taken was not checked: ${why}.`];
  if (!may(scope)) return unchecked(`${scope} is not granted`);
  // The answer would tell who guesses well.
  if (hides(...attribute)) return unchecked("the guard file hides it");
  let look: Awaited<ReturnType<typeof holder>>;
  try {
    look = await holder();
  } catch (error) {
    return unchecked(`it cannot be looked up (${reasonOf(error)})`);
  }
  const { found, complete } = look;
  if (found === undefined) return complete ? [] : unchecked("the list is too long to be read to its end");
  const id = isObject(found) && "id" in found ? { id: found.id } : {};
  throw new OktaMcpError("conflict", `Another object already has ${what}; Okta would refuse the call.`, {
    fix,
    data: { taken_by: id },
  });
}
