import { expect } from "vitest";
import type { GuardFile } from "../../src/guard/schema.js";
import { accepts, type ConnectOptions, connect } from "../support/client.js";
import { guardRules } from "./support.js";

export type Protect = NonNullable<GuardFile["protect"]>;

export const ADA = { login: "ada@acme.example", email: "ada@acme.example", firstName: "Ada", lastName: "Lovelace" };

/** Opens an org with Ada, her group, an app and a policy. The person agrees to everything. */
export async function guarded(protect: Protect, options: ConnectOptions = {}) {
  const connected = await connect({ person: accepts, guard: guardRules({ protect }), ...options });
  const { org } = connected;
  const ada = org.addUser({ profile: ADA });
  const bob = org.addUser({ profile: { login: "bob@acme.example", firstName: "Bob", lastName: "Other" } });
  const lab = org.addGroup({ profile: { name: "Lab" } }, [ada]);
  const wiki = org.addApp({ label: "Wiki" });
  /** Makes a call that the guard has to refuse before anybody is asked and anything changes, and returns the error. */
  const refused = async (tool: string, args: { [key: string]: unknown }) => {
    const { error } = await connected.call(tool, args);
    expect(error, `${tool} ${JSON.stringify(args)}`).toMatchObject({ code: "protected", retry: "never" });
    expect(connected.asked).toEqual([]);
    expect(connected.writes()).toEqual([]);
    return error;
  };
  return { ...connected, ada, bob, lab, wiki, refused };
}
