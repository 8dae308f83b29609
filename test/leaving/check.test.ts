import { expect, test } from "vitest";
import { withDirectory } from "../support/company-leaving.js";
import { startCompanyWeb } from "../support/company-server.js";
import { startTokenWeb } from "../support/company-tokens.js";
import { findingsOf } from "../support/serve-check.js";

/** What the check says of people who leave. */
const told = async (...args: Parameters<typeof findingsOf>) =>
  (await findingsOf(...args)).filter(({ about }) => about === "people who leave");

test("serve check says by which ways a departure is noticed, and how long access may outlast it in each", async () => {
  const web = await startCompanyWeb({ ...withDirectory() });
  const findings = await told(web);
  expect(findings.map(({ state }) => state)).toEqual(["ok", "ok", "ok", "ok"]);
  const text = findings.map(({ message }) => message).join("\n");
  for (const part of [
    `${web.publicUrl}/okta/global-token-revocation`,
    `${web.publicUrl}/okta/events`,
    "At most 300 seconds",
    "after 60 minutes nobody writes",
    "Ten minutes in any case",
  ]) {
    expect(text).toContain(part);
  }
  const off = await told(web, { serve: { leaving: { global_token_revocation: false, poll_seconds: 0 } } });
  expect(off.map(({ state }) => state)).toEqual(["note", "note", "note", "ok"]);
  expect(
    off.every(({ state, fix, message }) => state === "ok" || fix !== undefined || message.includes("turned off")),
  ).toBe(true);
});

test("serve check says which scope the directory app lacks, and what without one the tokens of others mean", async () => {
  const lacking = await told(await startCompanyWeb({ ...withDirectory(["okta.users.read", "okta.groups.read"]) }));
  expect(lacking).toContainEqual(
    expect.objectContaining({ state: "note", message: expect.stringContaining("okta.apps.read") }),
  );
  const native = await told(await startTokenWeb());
  expect(native.map(({ message }) => message).join()).toContain("Until the token of the client ends");
});
