import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runServeInit } from "../../src/cli/company/run-init.js";
import { SERVE_CHECKS } from "../../src/cli/company/serve-checks.js";
import { createIo, type Io } from "../../src/cli/io.js";
import { loadServe } from "../../src/people/load-serve.js";
import { temporaryFolder } from "../support/cli.js";

const FLAGS = {
  orgUrl: "https://acme.okta.com/",
  publicUrl: "https://mcp.acme.com/",
  clientId: "0oa1b2c3d4e5f6g7h8",
  role: ["helpdesk=00gHelpdesk00000001", "reader=00gReaders000000001, 00gReaders000000002"],
};

/** A terminal without a person, and what was written to it. */
function quietIo() {
  const written: string[] = [];
  const io: Io = { ...createIo(process), interactive: false, out: (text) => written.push(text), note: () => {} };
  return { io, text: () => written.join("\n") };
}

test("the first settings are right as they are, private, and show no private key", async () => {
  const dir = temporaryFolder();
  const { io, text } = quietIo();
  expect(await runServeInit(io, { dir, ...FLAGS, service: ["reader=0oaReaderService0001"] })).toBe(0);
  const loaded = loadServe(join(dir, "serve.json"), SERVE_CHECKS);
  expect(loaded).toMatchObject({
    content: {
      public_url: "https://mcp.acme.com",
      okta: { org_url: "https://acme.okta.com" },
      roles: [
        { name: "helpdesk", act_as: "user", groups: ["00gHelpdesk00000001"] },
        { name: "reader", act_as: "service", read_only: true, groups: ["00gReaders000000001", "00gReaders000000002"] },
      ],
    },
    apps: { okta: { clientId: FLAGS.clientId } },
  });
  for (const path of ["serve.json", "keys/web-app.json", "keys/role-reader.json"]) {
    expect(statSync(join(dir, path)).mode & 0o777, path).toBe(0o600);
  }
  const { d, kid } = JSON.parse(readFileSync(join(dir, "keys/web-app.json"), "utf8")) as { d: string; kid: string };
  expect(text()).toContain("https://mcp.acme.com/auth/sso/callback/okta");
  expect(text()).toContain("https://acme-admin.okta.com");
  expect(text()).toContain(kid);
  expect(text()).not.toContain(d);
});

test.each(["serve.json", "keys/web-app.json"])(
  "nothing is overwritten: %s stays, and nothing else is written",
  async (path) => {
    const dir = temporaryFolder();
    mkdirSync(join(dir, "keys"));
    writeFileSync(join(dir, path), "mine");
    await expect(runServeInit(quietIo().io, { dir, ...FLAGS })).rejects.toThrow(
      /is there already\. Nothing was written/,
    );
    expect(readFileSync(join(dir, path), "utf8")).toBe("mine");
    expect(existsSync(join(dir, path === "serve.json" ? "keys/web-app.json" : "serve.json"))).toBe(false);
  },
);

test.each([
  ["a public address without TLS", { publicUrl: "http://mcp.acme.com" }, /public_url/],
  ["the name of a group in place of its id", { role: ["helpdesk=Help Desk"] }, /roles\[0\]\.groups/],
  ["a role that does not exist", { role: ["boss=00gHelpdesk00000001"] }, /no role boss/],
  ["a role given twice", { role: [FLAGS.role[0] ?? "", FLAGS.role[0] ?? ""] }, /twice/],
  ["a service app of no role", { service: ["admin=0oaAdmin00000000001"] }, /no --role/],
  ["too little, without a terminal", { role: [] }, /Without a terminal/],
])("%s is refused, and nothing is written", async (_, change, words) => {
  const dir = temporaryFolder();
  await expect(runServeInit(quietIo().io, { dir, ...FLAGS, ...change })).rejects.toThrow(words);
  expect(existsSync(join(dir, "serve.json"))).toBe(false);
});

test("addresses are taken as people copy them: without a scheme, or from the Admin Console", async () => {
  const dir = temporaryFolder();
  const { io } = quietIo();
  const copied = { ...FLAGS, orgUrl: "acme-admin.okta.com", publicUrl: "mcp.acme.com" };
  expect(await runServeInit(io, { dir, ...copied })).toBe(0);
  expect(JSON.parse(readFileSync(join(dir, "serve.json"), "utf8"))).toMatchObject({
    public_url: "https://mcp.acme.com",
    okta: { org_url: "https://acme.okta.com" },
  });
});
