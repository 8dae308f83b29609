import type { Impact, ToolContext } from "../../src/tool.js";
import { counted, textAt, withNames } from "./kit.js";

/** The most groups and app links of one user that are counted. */
const MAX_COUNTED = 2000;

export async function describeUser(context: ToolContext, idOrLogin: string): Promise<Impact & { status: string }> {
  const { okta, collect } = context;
  const user = await okta.users.getUser({ userId: idOrLogin });
  const status = textAt(user, "status");
  const details = [`status ${status}`, `last sign-in ${textAt(user, "lastLogin") || "never"}`];
  const groups = await collect(
    (cursor) => okta.users.listUserGroups.page({ userId: idOrLogin, after: cursor }),
    MAX_COUNTED,
  );
  details.push(`member of ${counted(groups, "group")}`);
  if (status !== "DEPROVISIONED") details.push(await describeApps(context, idOrLogin));
  const name = [textAt(user, "profile", "firstName"), textAt(user, "profile", "lastName")].filter(Boolean).join(" ");
  const login = textAt(user, "profile", "login");
  return {
    target: { type: "user", name: name ? `${name} <${login}>` : login, id: textAt(user, "id") },
    details,
    state: { status, lastUpdated: textAt(user, "lastUpdated") },
    status,
  };
}

/** The apps that a user has, directly or through groups. An app may have several links and is told by one of them. */
async function describeApps({ okta, collect }: ToolContext, userId: string): Promise<string> {
  const { items, complete } = await collect(
    (cursor) => okta.users.listAppLinks.page({ userId, after: cursor }),
    MAX_COUNTED,
  );
  const labels = [...new Map(items.map((link) => [textAt(link, "appInstanceId"), textAt(link, "label")])).values()];
  return withNames(`has ${counted({ items: labels, complete }, "app")}`, labels);
}
