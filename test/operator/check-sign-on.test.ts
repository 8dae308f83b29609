import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { startCompanyWeb } from "../support/company-server.js";
import { findingsOf } from "../support/serve-check.js";

test("serve check says who is let in, that a way past Okta is open, and which redirect URI of a sign-out to register", async () => {
  const web = await startCompanyWeb({ admins: { members: [ADMIN_LOGIN] } });
  const of = async (sign_on: Record<string, unknown>, about: string) =>
    (await findingsOf(web, { serve: { sign_on } })).find((finding) => finding.about === about);
  expect(await of({}, "who is let in")).toMatchObject({
    state: "ok",
    message: expect.stringContaining("has the app in Okta"),
  });
  const strict = { auto_create: false, trusted_domains: ["acme.com"], second_factor: true };
  expect(await of(strict, "who is let in")).toMatchObject({
    state: "note",
    message: expect.stringMatching(
      /was invited.*at acme\.com, by a sign-in with a second factor\. Without a directory app/,
    ),
  });
  expect(await of({}, "break-glass")).toBeUndefined();
  expect(await of({ break_glass: true }, "break-glass")).toMatchObject({ state: "note" });
  expect(await of({ after_sign_out: "/admin/login" }, "sign-out redirect URI")).toMatchObject({
    state: "unknown",
    fix: expect.stringContaining(`exactly ${web.publicUrl}/admin/login in`),
  });
});
