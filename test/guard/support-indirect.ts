import { expect } from "vitest";
import { groupRuleArea } from "../../sandbox/state/group-rules.js";
import type { GuardFile } from "../../src/guard/schema.js";
import { accepts, type ConnectOptions, connect } from "../support/client.js";
import { guardRules } from "./support.js";

export type Protect = NonNullable<GuardFile["protect"]>;

/** Opens an org with people, groups and an app. The person agrees to everything. */
export async function guarded(protect: Protect, options: ConnectOptions = {}) {
  const connected = await connect({ person: accepts, guard: guardRules({ protect }), ...options });
  const { org } = connected;
  const add = (name: string, more: { [attribute: string]: string } = {}) =>
    org.addUser({ profile: { login: `${name}@acme.example`, firstName: name, lastName: "Doe", ...more } });
  const [ada, bob] = [add("ada"), add("bob", { department: "Sales" })];
  const lab = org.addGroup({ profile: { name: "Lab" } }, [ada]);
  const vault = org.addGroup({ profile: { name: "Vault" } });
  const wiki = org.addApp({ label: "Wiki" }, { groups: [lab] });
  /** Adds a group rule that fills groups with the users for whom an expression is true. */
  const rule = (name: string, expression: string, groupIds: string[], more: { [key: string]: string } = {}) =>
    org.area(groupRuleArea).push({
      id: `0pr${name}`,
      type: "group_rule",
      name,
      status: "ACTIVE",
      conditions: { expression: { value: expression, type: "urn:okta:expression:1.0" } },
      actions: { assignUserToGroups: { groupIds } },
      ...more,
    });
  /** Makes a call that the guard has to refuse before anybody is asked and anything changes, and returns the error. */
  const refused = async (tool: string, args: { [key: string]: unknown }) => {
    const before = [...connected.asked, ...connected.writes()];
    const call = (more: object) => connected.call(tool, { ...args, ...more });
    const outcomes = [await call({ dry_run: true }), await call({})];
    for (const { error, text } of outcomes) {
      expect(error, `${tool} ${JSON.stringify(args)} ${text}`).toMatchObject({ code: "protected", retry: "never" });
    }
    expect([...connected.asked, ...connected.writes()]).toEqual(before);
    return outcomes[1]?.error;
  };
  const done = async (tool: string, args: { [key: string]: unknown }) => {
    const outcome = await connected.call(tool, args);
    expect(outcome.isError, `${tool} ${JSON.stringify(args)} ${outcome.text}`).toBe(false);
  };
  const names = (group: { id: string }) => {
    const found = org.groups.get(group.id);
    return found && org.groups.membersOf(found).map(({ profile }) => profile.firstName);
  };
  return { ...connected, add, ada, bob, lab, vault, wiki, rule, refused, done, names };
}

export const VAULT: Protect = { groups: [{ name: "Vault", reason: "keys" }] };
