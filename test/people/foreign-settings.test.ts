import { expect, test } from "vitest";
import { FOREIGN_SETTINGS, foreignSettingsIn } from "../../src/people/foreign-settings.js";
import { serveFields } from "../../src/people/serve-fields.js";

/** The members of serve.json by their dotted paths, lists with `[]`. */
function membersOf(schema: unknown, path = ""): string[] {
  const { type, properties, items } = schema as {
    type?: string;
    properties?: Record<string, unknown>;
    items?: unknown;
  };
  if (type === "array") return [`${path}[]`, ...membersOf(items, `${path}[]`)];
  return Object.entries(properties ?? {}).flatMap(([name, member]) => {
    const below = path === "" ? name : `${path}.${name}`;
    return [below, ...membersOf(member, below)];
  });
}

test("an environment with settings of another server is told which of ours have their place, and no value", () => {
  const found = foreignSettingsIn({
    SSO_OKTA_CLIENT_SECRET: "hush-hush",
    FASTMCP_SERVER_AUTH_BASE_URL: "https://mcp.acme.example",
    SSO_ENABLED: "",
    PATH: "/bin",
  });
  expect(found).toEqual([
    expect.stringMatching(/^FASTMCP_SERVER_AUTH_BASE_URL, a setting of FastMCP, is not read here\. Use public_url /),
    expect.stringContaining("Use okta.client_secret_file in serve.json."),
  ]);
  expect(found.join()).not.toMatch(/hush|acme/);
});

test("whatever has no place here says why", () => {
  for (const { variable, ours, note } of FOREIGN_SETTINGS) {
    if (ours === undefined) expect(note, variable).toMatch(/^[A-Z].{20,}\.$/);
  }
  expect(new Set(FOREIGN_SETTINGS.map(({ variable }) => variable)).size).toBe(FOREIGN_SETTINGS.length);
});

test("every place that is named is a member of serve.json", async () => {
  const { toJSONSchema } = await import("zod");
  const members = membersOf(toJSONSchema(serveFields(), { io: "input" }));
  for (const { variable, ours } of FOREIGN_SETTINGS) {
    if (ours !== undefined) expect(members, variable).toContain(ours);
  }
});
