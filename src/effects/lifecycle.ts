import { OktaMcpError } from "../errors/index.js";
import { stringifyJson } from "../json/exact-json.js";
import { type Json, type JsonObject, textAt, valueAt } from "../json/json.js";
import { sameJson } from "../results/difference.js";
import { visibleStart } from "../text/quote.js";
import { wantedPlace } from "./ranking.js";

/** The two ways to switch an object. */
export type Switch = "activate" | "deactivate";

/** The kinds of object whose status an admin decides. */
type Switched = "policy" | "rule" | "application";

/** Schema `LifecycleStatus` of Okta's Management API. */
const SWITCHES: ReadonlyMap<Json, Switch> = new Map([
  ["ACTIVE", "activate"],
  ["INACTIVE", "deactivate"],
]);

/** Fields with which a body does more than change settings, in Okta's spelling. */
const DECIDING = ["status", "priority", "system"];

function badInput(message: string, fix: string): OktaMcpError {
  return new OktaMcpError("bad_input", `Nothing was changed. ${message}`, { fix });
}

/** @throws OktaMcpError bad_input for a field in another spelling than Okta's, and for a priority that is none */
function refuseOdd(body: JsonObject): void {
  wantedPlace(body);
  for (const name of Object.keys(body)) {
    const known = DECIDING.find((one) => one === name.toLowerCase());
    if (known === undefined || known === name) continue;
    throw badInput(
      `The body has a field ${visibleStart(name)}; Okta writes it ${known}.`,
      `Write ${known}, or leave it out.`,
    );
  }
}

function switchOf(status: Json, kind: Switched): Switch {
  const known = SWITCHES.get(status);
  if (known !== undefined) return known;
  throw badInput(
    `The body has the status ${visibleStart(stringifyJson(status))}, which is none of ${kind === "application" ? "an" : "a"} ${kind}.`,
    "Write ACTIVE or INACTIVE in capital letters, or leave status out to keep the present one.",
  );
}

/**
 * The effect of a full replace on the status of a policy or a rule. Okta takes the status from the body: in the schemas
 * `Policy` and `PolicyRule` it is not read-only. Without a status in the body it stays, since the document names no
 * default.
 * @param current the object as it is now; asked for only where the body has a status
 * @returns undefined where the status stays
 * @throws OktaMcpError bad_input for a status that is none, and where the body would make it an object of Okta's own
 */
export async function switchedBy(
  body: JsonObject,
  current: () => Promise<Json>,
  kind: "policy" | "rule",
): Promise<Switch | undefined> {
  refuseOdd(body);
  const { status, system } = body;
  if (status === undefined && system === undefined) return undefined;
  const now = await current();
  const isSystem = valueAt(now, "system") === true;
  if (system !== undefined && system !== isSystem) {
    throw badInput(
      `The body has system ${visibleStart(stringifyJson(system))}; Okta alone decides which ${kind} is its own.`,
      `Leave system out, or write ${isSystem}, as it is now.`,
    );
  }
  return status === undefined || sameJson(status, textAt(now, "status")) ? undefined : switchOf(status, kind);
}

/**
 * Refuses a body with another status than the object's, where Okta alone sets the status. Okta would drop it without a
 * word, since it is read-only in the schema of the body.
 * @throws OktaMcpError bad_input
 */
export async function refuseOtherStatus(
  body: JsonObject,
  current: () => Promise<Json>,
  tools: Readonly<Record<Switch, string>>,
): Promise<void> {
  if (body.status === undefined) return;
  const status = valueAt(await current(), "status");
  if (status === undefined || sameJson(body.status, status)) return;
  throw badInput(
    "The body has another status than the object, and Okta takes none from it.",
    `Leave status as it is, and use ${tools.activate} or ${tools.deactivate}.`,
  );
}

/**
 * True where a new policy, rule or application is active from the start. Okta ignores a status in the body of a new
 * application, so that one which contradicts the argument would get lost.
 * @param activate the argument of the call
 * @throws OktaMcpError bad_input where argument and body do not agree, or the body sets what it cannot decide
 */
export function activeFromStart(body: JsonObject, activate: boolean | undefined, kind: Switched): boolean {
  const { status, system = false } = body;
  if (kind !== "application") {
    refuseOdd(body);
    if (system !== false) throw badInput(`Okta alone decides which ${kind} is its own.`, "Leave system out.");
  }
  if (status === undefined) return activate ?? true;
  const active = switchOf(status, kind) === "activate";
  if (activate === undefined || activate === active) return active;
  throw badInput(
    `activate is ${activate}, and the body has the status ${active ? "ACTIVE" : "INACTIVE"}.`,
    `Set activate to ${active}, or leave status out of the body.`,
  );
}
