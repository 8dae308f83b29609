import * as z from "zod";
import { defineTool } from "../src/tool.js";
import { asObject, groupsLeft, OktaMcpError, policiesTouched, textAt } from "./shared/kit.js";
import { userId } from "./shared/params.js";
import { POLICY_TYPES } from "./shared/policies.js";
import { describeUser } from "./shared/users.js";

export const deactivateUser = defineTool({
  name: "deactivate_user",
  title: "Deactivate user",
  description:
    "Deactivate a user: signs them out and takes all access; not simply undone. Needed before delete_deactivated_user.",
  scope: "okta.users.manage",
  effect: "removes",
  input: z.strictObject({
    user_id: userId,
    send_email: z.boolean().optional().describe("Email the admin about it."),
  }),
  async impact(context, a) {
    const { status, ...impact } = await describeUser(context, a.user_id);
    if (status === "DEPROVISIONED") {
      throw new OktaMcpError("conflict", "This user is deactivated already.", {
        fix: "Nothing to do; delete_deactivated_user deletes the user for good.",
      });
    }
    return { ...impact, details: [...impact.details, "loses access to every app and every session at once"] };
  },
  touches: { kinds: ["groups"], read: (context, a) => groupsLeft(context, a.user_id) },
  change: {
    state: ({ okta }, a) => okta.users.getUser({ userId: a.user_id }),
    becomes: (_a, before) => ({ ...asObject(before), status: "DEPROVISIONED" }),
    undo: "Okta takes a deactivated user's apps and factors away. Activate the user in the Admin Console (Directory > People > the user > Activate), then assign the apps again; get_change has the profile.",
  },
  run: ({ okta }, a) => okta.users.deactivateUser({ userId: a.user_id, sendEmail: a.send_email }),
});

export const deleteDeactivatedUser = defineTool({
  name: "delete_deactivated_user",
  title: "Delete deactivated user",
  description: "Delete a DEPROVISIONED user for good; first use deactivate_user.",
  scope: "okta.users.manage",
  effect: "removes",
  input: z.strictObject({
    user_id: userId,
    send_email: z.boolean().optional().describe("Email the admin about it."),
  }),
  async impact(context, a) {
    const { status, ...impact } = await describeUser(context, a.user_id);
    if (status !== "DEPROVISIONED") {
      throw new OktaMcpError("conflict", `The user's status is ${status}, so Okta would only deactivate, not delete.`, {
        fix: "Call deactivate_user first; once the status is DEPROVISIONED the user can be deleted.",
      });
    }
    return { ...impact, details: [...impact.details, "deleted for good, with profile and history of assignments"] };
  },
  touches: {
    kinds: ["groups", "policies"],
    async read(context, a, _body, isProtected) {
      const groups = isProtected("groups") ? await groupsLeft(context, a.user_id) : [];
      if (!isProtected("policies")) return groups;
      const id = textAt(await context.okta.users.getUser({ userId: a.user_id }), "id");
      return [...groups, ...(await policiesTouched(context, POLICY_TYPES, [{ id, what: "the user, who goes" }]))];
    },
  },
  change: {
    state: ({ okta }, a) => okta.users.getUser({ userId: a.user_id }),
    undo: "Okta deletes a user for good. get_change has the profile, with which create_user makes a new user with a new id.",
  },
  run: ({ okta }, a) => okta.users.deleteUser({ userId: a.user_id, sendEmail: a.send_email }),
});
