import { expect } from "vitest";
import { type CallOutcome, type ConnectOptions, connect } from "../support/client.js";

export const FIVE_MINUTES_MS = 300_000;

export type Connected = Awaited<ReturnType<typeof connect>>;

/** The line of the question that tells how far a deletion of a group can be undone. */
export const ON_UNDO =
  "undo_change can only make a new group of this name with its members; apps, policies, rules and admin rights stay gone";

/** A group with a member and an app, to be deleted. */
export async function withGroup(options: ConnectOptions = {}) {
  const connected = await connect(options);
  const { org } = connected;
  const ada = org.addUser({ profile: { login: "ada@acme.example" } });
  const lab = org.addGroup({ profile: { name: "Lab" } }, [ada]);
  org.addApp({ label: "Wiki" }, { groups: [lab] });
  const deleteIt = (more: { [key: string]: unknown } = {}) =>
    connected.call("delete_group", { group_id: lab.id, ...more });
  return { ...connected, ada, lab, deleteIt };
}

export const confirmationOf = ({ error }: CallOutcome) => String(error?.data.confirmation);

export function expectNothingChanged({ writes, org }: Pick<Connected, "writes" | "org">, groupId: string) {
  expect(writes()).toEqual([]);
  expect(org.groups.get(groupId)).toBeDefined();
}
