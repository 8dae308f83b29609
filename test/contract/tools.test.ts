import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { covers } from "../../src/okta/scopes.js";
import { catalogue, root } from "../support/catalogue.js";
import { judgedByOkta, unknownOperation } from "../support/contract.js";
import { png } from "../support/images.js";
import type { Operation } from "../support/openapi.js";
import { argumentsFor, EXCHANGES, type JsonObject } from "./exchanges.js";
import { withEveryServer } from "./servers.js";

const folder = mkdtempSync(join(tmpdir(), "okta-mcp-contract-"));
afterAll(() => rmSync(folder, { recursive: true }));
const image = join(folder, "image.png");
writeFileSync(image, png(16));

const certificates = new URL("test/fixtures/certificates/", root);
const HOST = "login.acme-robotics.example";
const pem = (name: string) => readFileSync(new URL(name, certificates), "utf8");
writeFileSync(join(folder, "leaf.key"), pem("leaf.key"));

/** A value for every argument that becomes a query parameter. */
const IN_QUERY: JsonObject = {
  after: "cursor1",
  limit: 5,
  q: "a",
  search: 'status eq "ACTIVE"',
  filter: 'status eq "ACTIVE"',
  sort_by: "status",
  since: "2026-01-01T00:00:00Z",
  until: "2026-01-02T00:00:00Z",
  activate: false,
  provider: true,
  send_email: true,
  strict: true,
  include_non_deleted: true,
  use_optimization: true,
  always_include_vpn_settings: true,
  expand_brands: true,
  status: "ACTIVE",
  resource_id: "0oa1",
};

/** Further arguments of single tools, without which a call fails or leaves a part out. */
const BESIDES: Readonly<Record<string, JsonObject>> = {
  get_user: { expand: "blocks" },
  list_users: { expand: "classification" },
  list_groups: { expand: "stats" },
  get_application: { expand: "user/00u1" },
  list_applications: { expand: "user/00u1" },
  get_policy: { expand: "rules" },
  list_policies: { type: "ACCESS_POLICY", expand: "rules" },
  create_user: { next_login: "changePassword" },
  create_custom_domain: { domain: HOST, certificate_source_type: "MANUAL" },
  delete_email_customization: { customization_id: "x1" },
  replace_customized_error_page: { page_content: "<html></html>" },
  replace_preview_error_page: { page_content: "<html></html>" },
  replace_customized_sign_in_page: { page_content: "<html></html>", widget_version: "^7" },
  replace_preview_sign_in_page: { page_content: "<html></html>", widget_version: "^7" },
  replace_sign_out_page_settings: { type: "EXTERNALLY_HOSTED", url: "https://acme.example/bye" },
  upload_brand_theme_background_image: { file_path: image },
  upload_brand_theme_favicon: { file_path: image },
  upload_brand_theme_logo: { file_path: image },
  upsert_custom_domain_certificate: {
    certificate: pem("leaf.pem"),
    certificate_chain: pem("intermediate.pem"),
    private_key_file_path: join(folder, "leaf.key"),
  },
};

/** The conditions of a rule for a group, whose name tools look up. */
const FOR_A_GROUP = { conditions: { people: { groups: { include: ["00g1"] } } } };

/** A policy that Okta did not make and that apps use. */
const MAPPED_POLICY = {
  system: false,
  _links: { mappings: { href: "https://acme.example/mappings" } },
  ...FOR_A_GROUP,
};

/** The state that an object needs before the tool changes it. */
const FOUND: Readonly<Record<string, JsonObject>> = {
  delete_deactivated_user: { status: "DEPROVISIONED" },
  delete_application: { status: "INACTIVE" },
  deactivate_policy: MAPPED_POLICY,
  delete_policy: MAPPED_POLICY,
  deactivate_policy_rule: FOR_A_GROUP,
  delete_policy_rule: FOR_A_GROUP,
  delete_brand: { isDefault: false },
  delete_email_customization: { isDefault: false },
  upsert_custom_domain_certificate: { domain: HOST },
};

/** Lists that Okta may page although its document has no `after` for them. Only cursors of Okta's are sent. */
const PAGED_ALL_THE_SAME = ["list_policy_rules", "list_device_assurance_policies", "list_email_domains"];

/** Tools that need another scope than the operation behind them. */
const OTHER_SCOPE: Readonly<Record<string, string>> = {
  send_test_email: "the document asks for okta.templates.read, but who sends mail in the org's name does not only read",
};

/** Arguments with which a tool uses all parameters of its operation. */
function argumentsOf(tool: string): JsonObject {
  const exchange = Object.values(EXCHANGES).find((one) => one.tool === tool);
  const known = argumentsFor(exchange ?? { tool }, exchange?.body);
  const { properties } = catalogue.definition(tool).inputSchema;
  const chosen = Object.entries(properties).flatMap(([name, schema]) => {
    if (Object.hasOwn(known, name)) return [];
    if (Object.hasOwn(IN_QUERY, name)) return [[name, IN_QUERY[name]]];
    if (name === "sort_order") return [[name, schema.enum?.[0]]];
    if (name === "expand" && schema.items?.enum) return [[name, schema.items.enum]];
    if (name === "allow_removals") return [[name, true]];
    return [];
  });
  return { ...Object.fromEntries(chosen), ...known, ...BESIDES[tool] };
}

/** A small answer to an operation: an object with an id, alone, in a list or under the list's name. */
function answerOf({ operationId }: Operation, found: JsonObject | undefined): unknown {
  const object = { id: "x1", ...found };
  if (operationId === "listCustomDomains") return { domains: [object] };
  return operationId.startsWith("list") ? [object] : object;
}

const camelCase = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The arguments that did not arrive although an operation has a query parameter for them. */
function lostArguments(
  sent: readonly { operation: Operation; searchParams: URLSearchParams }[],
  args: JsonObject,
): string[] {
  return Object.entries(args).flatMap(([argument, value]) => {
    const name = camelCase(argument);
    const takers = sent.filter(({ operation }) =>
      operation.parameters.some((parameter) => parameter.in === "query" && parameter.name === name),
    );
    const arrived = takers.some(({ searchParams }) => searchParams.getAll(name).join() === String(value));
    return takers.length === 0 || arrived ? [] : [argument];
  });
}

judgedByOkta("what tools send, held against Okta's document", (api) => {
  const withScope = catalogue.entries.filter(({ scope }) => scope !== null);

  withEveryServer((connect) => {
    const requestsOf: Record<string, string[]> = {};

    /** Calls a tool with these scopes, in an org that answers as the document shows, and returns its requests. */
    async function sentBy(tool: string, scopes?: readonly string[]) {
      const { call, sandbox } = await connect({ ...(scopes && { scopes }), fileRoots: [folder] });
      // The signed-in person is another one than the user of the call.
      const me = { id: "00uMe", profile: { login: "me@acme.example", email: "me@acme.example" } };
      sandbox.next("GET", "/api/v1/users/me", { status: 200, json: me, times: 1000 });
      for (const operation of api.operations) {
        const json = answerOf(operation, FOUND[tool]);
        sandbox.next(operation.method, operation.template, { status: 200, json, times: 1000 });
      }
      const { isError, text } = await call(tool, argumentsOf(tool));
      expect(isError, text).toBe(false);
      const requests = sandbox.requests.filter(({ path }) => path.startsWith("/api/"));
      expect(requests.length).toBeGreaterThan(0);
      return requests.map((request) => {
        const { pathname, searchParams } = new URL(request.path, sandbox.origin);
        const operation = api.byPath(request.method, pathname);
        if (!operation) throw unknownOperation(request.method, pathname);
        return { ...request, body: request.body, searchParams, operation };
      });
    }

    test.each(withScope)("$name", async (tool) => {
      const sent = await sentBy(tool.name);
      const allowed = new Set<string>([tool.scope ?? "", ...(tool.alsoUses ?? [])]);
      const lines = sent.map(({ method, path, searchParams, operation, headers, body, rawBody }) => {
        if (PAGED_ALL_THE_SAME.includes(tool.name)) searchParams.delete("after");
        expect(api.queryFaults(operation, searchParams), path).toEqual([]);
        expect(
          operation.scopes.some((scope) => covers(allowed, scope)),
          `${operation.scopes} for ${tool.scope}`,
        ).toBe(true);
        if (headers["content-type"]?.startsWith("multipart/form-data")) {
          expect(rawBody.includes(png(16))).toBe(true);
        } else {
          expect(api.bodyFaults(operation, body === "" ? undefined : JSON.parse(body)), path).toEqual([]);
        }
        return `${method} ${operation.template}`;
      });
      expect(lostArguments(sent, argumentsOf(tool.name))).toEqual([]);
      const asked = sent.at(-1)?.operation.scopes ?? [];
      expect(asked.some((scope) => allowed.has(scope))).toBe(!Object.hasOwn(OTHER_SCOPE, tool.name));
      const changing = lines.filter((line) => !line.startsWith("GET "));
      expect(changing.length).toBe(tool.effect === "reads" ? 0 : 1);
      // The requests that read may come in any order, but all before the change.
      expect(lines.slice(lines.length - changing.length)).toEqual(changing);
      requestsOf[tool.name] = [...new Set([...lines.slice(0, lines.length - changing.length).sort(), ...changing])];
    });

    test.each(withScope.filter(({ alsoUses }) => alsoUses))("$name makes do with its own scope", async (tool) => {
      const own = new Set([tool.scope ?? ""]);
      for (const { method, path, operation } of await sentBy(tool.name, [...own])) {
        expect(
          operation.scopes.some((scope) => covers(own, scope)),
          `${method} ${path}`,
        ).toBe(true);
      }
    });

    test("each tool makes the requests that it is known for", async () => {
      const text = `${JSON.stringify(requestsOf, null, 2)}\n`;
      await expect(text).toMatchFileSnapshot("../__snapshots__/requests.json");
    });
  });
});
