import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, type TestContext, test } from "vitest";
import { requireBuild } from "../support/built.js";
import { temporaryFolder } from "../support/cli.js";
import { openCliOrg } from "../support/cli-org.js";
import type { Connect, Peer, Told } from "./peer.js";

/** A client made by others, and what it can do. */
export interface RealClient {
  name: string;
  /** The era that it and the server have to agree upon. */
  era: Peer["era"];
  /** Returns how it connects. Skips the test where the client is not installed. */
  find(context: TestContext): Connect;
  /** False if it has no way to ask a person. */
  asks?: boolean;
}

const SCOPES = ["okta.groups.manage", "okta.groups.read", "okta.users.read", "okta.apps.read"];

/** Opens an org with the group "Lab". */
export async function openLab() {
  const { org, signedIn } = await openCliOrg({ scopes: SCOPES, seed: null });
  const lab = org.addGroup({ profile: { name: "Lab" } });
  const groups = () => org.groups.all().map(({ profile }) => profile.name);
  return { lab, groups, env: signedIn };
}

/** Makes a folder with a file of APIs that names two texts, and returns the path of the file. */
function withTexts(): string {
  const folder = temporaryFolder();
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 });
  put("policies.md", "# Time off");
  put("employee.json", '{"title": "Employee {{gpid}}"}');
  const resources = [
    { uri: "docs://api/policies", file: "policies.md" },
    { template: "schema://employee/{gpid}", file: "employee.json" },
  ];
  put("apis.json", JSON.stringify({ resources }));
  return join(folder, "apis.json");
}

/** Returns the one-time value in an error. Fails if the error does not ask for a confirmation. */
export function valueIn({ isError, text }: Told): string {
  expect(isError).toBe(true);
  expect(text).toMatch(/^needs_confirmation: [\s\S]*Delete group: group "Lab"/);
  return /"confirmation":"([^"]+)"/.exec(text)?.[1] ?? expect.fail(text);
}

/** The time limit of a test, in which a client may start about ten processes one after the other. */
export const CLIENT_TIMEOUT_MS = 180_000;

/** Defines the tests of a client: it connects to the built server, lists, reads, and is asked in each way that it can. */
export function describeClient({ name, era, find, asks = true }: RealClient): void {
  describe(name, { timeout: CLIENT_TIMEOUT_MS }, () => {
    test("connects, lists the tools and reads", async (context) => {
      requireBuild(context);
      const connect = find(context);
      const { env, groups } = await openLab();
      const client = await connect(env, null);
      expect(client.era).toBe(era);
      expect(await client.list()).toEqual(expect.arrayContaining(["list_groups", "delete_group"]));
      const { isError, text } = await client.call("list_groups", { q: "Lab" });
      expect(isError, text).toBe(false);
      expect(JSON.parse(text).items).toMatchObject([{ profile: { name: "Lab" } }]);
      expect(groups()).toContain("Lab");
    });

    test("finds texts of the settings and our own reference, and reads them", async (context) => {
      requireBuild(context);
      const connect = find(context);
      const { env } = await openLab();
      const client = await connect({ ...env, OKTA_MCP_APIS: withTexts() }, null);
      const addresses = await client.texts();
      expect(addresses).toEqual(expect.arrayContaining(["docs://api/policies", "schema://employee/{gpid}"]));
      expect(await client.read("docs://api/policies")).toBe("# Time off");
      expect(await client.read("schema://employee/GP010000")).toBe('{"title": "Employee GP010000"}');
      await expect(client.read("schema://employee/..%2Fpolicies")).rejects.toThrow();
      expect(addresses).toEqual(expect.arrayContaining(["okta://reference", "okta://reference/events/{area}"]));
      expect(await client.read("okta://reference/search/groups")).toContain('profile.name sw "Eng"');
      await expect(client.read("okta://reference/search/nothing")).rejects.toThrow();
    });

    if (asks)
      test("removes after a yes to the server's question, and nothing after a no", async (context) => {
        requireBuild(context);
        const connect = find(context);
        const { env, lab, groups } = await openLab();
        const unwilling = await connect(env, "no");
        const refused = await unwilling.call("delete_group", { group_id: lab.id });
        expect(refused).toMatchObject({ isError: true, text: expect.stringMatching(/^declined: Nothing was changed/) });
        expect(unwilling.asked).toEqual([expect.stringMatching(/^Delete group: group "Lab"/)]);
        expect(groups()).toContain("Lab");
        const willing = await connect(env, "yes");
        const done = await willing.call("delete_group", { group_id: lab.id });
        expect(done, done.text).toMatchObject({ isError: false });
        expect(willing.asked).toHaveLength(1);
        expect(groups()).not.toContain("Lab");
      });

    test("removes with the one-time value, where it can ask nobody", async (context) => {
      requireBuild(context);
      const connect = find(context);
      const { env, lab, groups } = await openLab();
      const client = await connect(env, null);
      const confirmation = valueIn(await client.call("delete_group", { group_id: lab.id }));
      expect(groups()).toContain("Lab");
      const done = await client.call("delete_group", { group_id: lab.id, confirmation });
      expect(done, done.text).toMatchObject({ isError: false });
      expect(client.asked).toEqual([]);
      expect(groups()).not.toContain("Lab");
    });
  });
}
