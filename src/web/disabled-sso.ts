import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono } from "hono";
import { SIGN_IN_CAUSES } from "../upstream/sign-in-causes.js";

/** Everything below this path is about signing in with Okta. */
export const SSO_PATH = "/auth/sso";

/** Answers in the place of all of them where nobody signs in with Okta here. */
export function addDisabledSso(app: Pick<Hono<{ Bindings: HttpBindings }>, "all">): void {
  const { means } = SIGN_IN_CAUSES.sso_disabled;
  const answer = (context: Context) =>
    context.json({ error: "sso_disabled", error_description: means, detail: means }, 404);
  for (const path of [SSO_PATH, `${SSO_PATH}/*`]) app.all(path, answer);
}
