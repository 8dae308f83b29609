import { expect, test } from "vitest";
import { connect } from "../support/client.js";

test("get_scope_status answers without a sign-in, and takes none but those of every tool that reads", async () => {
  const { call, get, sandbox } = await connect({ scopes: ["okta.users.read"], signIn: "device" });
  const status = await get("get_scope_status");
  expect(status).toMatchObject({ signed_in: false, configured_scopes: ["okta.users.read"], granted_scopes: null });
  expect(status.active_tools).toEqual([
    "get_change",
    "get_scope_status",
    "get_user",
    "get_user_profile_attributes",
    "list_changes",
    "list_users",
  ]);
  expect((await call("get_scope_status", { fields: ["signed_in"] })).data).toEqual({ signed_in: false });
  expect((await call("get_scope_status", { scope: "okta.users.read" })).error?.code).toBe("bad_input");
  expect(sandbox.requests).toEqual([]);
});

test("get_scope_status follows a sign-in", async () => {
  const { call, get, control, session } = await connect({ scopes: ["okta.users.read"], signIn: "device" });
  control.autoApprove(true);
  const changed = new Promise<void>((resolve) => session.onChange(resolve));
  await call("list_users");
  await changed;
  const status = await get("get_scope_status");
  expect(status.signed_in).toBe(true);
  expect(status.granted_scopes).toContain("okta.users.read");
  expect(status.what_to_do).not.toContainEqual(expect.stringContaining("Nobody is signed in"));
});
