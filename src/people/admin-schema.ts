import * as z from "zod";
import { text } from "../config/schema-parts.js";

/** How a member of `admins` says a time; there is a default for each. */
const time = (description: string, most: number, unit: string) =>
  z.int().min(1, "is less than 1").max(most, `is more than ${most} ${unit}`).describe(description);

/** Who may use the admin pages, and for how long one sign-in counts there. */
export function adminsSchema() {
  return z
    .strictObject({
      groups: z
        .array(z.string().regex(/^[A-Za-z0-9]{10,40}$/, "is no id of a group: names can be given away, ids cannot"))
        .min(1, "is empty: nobody would be an admin")
        .max(50)
        .describe("Ids of the Okta groups whose members are admins of this server."),
      idle_minutes: time("Minutes without a request after which an admin signs in again.", 60, "minutes").default(15),
      hours: time("Hours after which an admin signs in again in any case.", 24, "hours").default(8),
      step_up_minutes: time(
        "Minutes within which an admin has to have proved at Okta who they are, before they block, erase, revoke or export.",
        60,
        "minutes",
      ).default(5),
      acr_values: z
        .array(text("A value of acr, as urn:okta:loa:2fa:any.", 200).regex(/^\S+$/, "has a space in it"))
        .min(1, "is empty: leave it out where any sign-in will do")
        .max(10)
        .optional()
        .describe("Assurances of which the sign-in of an admin needs one, e.g. urn:okta:loa:2fa:any for two factors."),
    })
    .describe("Who may use the admin pages under /admin. Without it there are none.");
}

/** Who may use the admin pages, as serve.json has it. */
export type AdminSettings = z.infer<ReturnType<typeof adminsSchema>>;

/** True for somebody in a group of admins. */
export function isAdminIn({ groups }: Pick<AdminSettings, "groups">, held: readonly string[]): boolean {
  return groups.some((id) => held.includes(id));
}
