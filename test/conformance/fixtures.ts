import { createMcpHandler } from "@modelcontextprotocol/server";
import { createCatalogue, type ToolDefinition } from "../../src/catalogue/catalogue.js";
import { compose } from "../../src/cli/compose.js";
import { DEFAULT_RESULT_CHARS } from "../../src/config/settings.js";
import { NO_RULES } from "../../src/guard/rules.js";
import { createLog } from "../../src/log.js";
import { legacyServer } from "../../src/mcp/legacy.js";
import { modernServer } from "../../src/mcp/modern.js";
import { createService, type McpService } from "../../src/mcp/service.js";
import { ALL_SCOPES, openOrg } from "../support/client.js";
import { serveHttp } from "./http-server.js";
import { fixtureTexts } from "./texts.js";
import { fixtureTools } from "./tools.js";

/** A definition with keywords of JSON Schema 2020-12 that no tool of this server has. An adapter has to leave them. */
const JSON_SCHEMA_TOOL: ToolDefinition = {
  name: "json_schema_2020_12_tool",
  description: "Has every kind of keyword.",
  inputSchema: {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    $defs: { address: { $anchor: "addressDef", type: "object", properties: { street: { type: "string" } } } },
    properties: {
      address: { $ref: "#/$defs/address" },
      way: { type: "string", enum: ["phone", "email"] },
      phone: { type: "string" },
      email: { type: "string" },
    },
    allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
    if: { properties: { way: { const: "phone" } }, required: ["way"] },
    // biome-ignore lint/suspicious/noThenProperty: It is a keyword of JSON Schema.
    then: { required: ["phone"] },
    else: { required: ["email"] },
    additionalProperties: false,
  },
  annotations: {},
};

/** Returns a service that also lists `JSON_SCHEMA_TOOL`, and announces a change when `test_trigger_tool_change` runs. */
function withSpecials(service: McpService): McpService {
  const listeners = new Set<() => void>();
  const invoke = async (...[name, ...rest]: Parameters<McpService["invoke"]>) => {
    const outcome = await service.invoke(name, ...rest);
    if (name === "test_trigger_tool_change") for (const listener of listeners) listener();
    return outcome;
  };
  return {
    ...service,
    tools: async () => [...(await service.tools()), JSON_SCHEMA_TOOL],
    invoke: invoke as McpService["invoke"],
    onToolsChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Opens an org of some groups, and the service of the fixture tools with it. */
async function openService() {
  const sandbox = await openOrg(null);
  for (const name of ["Engineering", "Sales", "Support"])
    sandbox.org.groups.add({ type: "OKTA_GROUP", profile: { name } });
  const token = await sandbox.authorization.control.issueAccessToken(ALL_SCOPES);
  const log = createLog({ level: "error", stderr: process.stderr });
  const { session, calls, server } = compose({
    settings: {
      orgUrl: sandbox.origin,
      clientId: undefined,
      scopes: [...ALL_SCOPES],
      credential: { method: "access-token", token },
      tokenStore: "memory",
      // A client that cannot ask a person is then refused.
      confirm: "elicit-only",
      maxResultChars: DEFAULT_RESULT_CHARS,
      guard: NO_RULES,
      fileRoots: [],
    },
    journal: undefined,
    version: "0.0.0",
    log,
  });
  const catalogue = createCatalogue(fixtureTools());
  const path = calls(catalogue);
  // The suite waits half a second for some answers, so that what calls need is loaded before.
  await path.ready();
  const resources = fixtureTexts();
  const service = createService({ ...server, catalogue, calls: path, resources, structuredContent: false });
  const close = async () => {
    service.close();
    session.close();
    await sandbox.close();
  };
  return { service: withSpecials(service), log, close };
}

/** Serves the fixture tools over HTTP, with the adapters of both eras. */
export async function serveFixtures() {
  const { service, log, close: closeService } = await openService();
  const options = { log, fastestPersonMs: 0 };
  const modern = createMcpHandler(() => modernServer(service, options), { legacy: "reject" });
  service.onToolsChanged(() => modern.notify.toolsChanged());
  const { url, close } = await serveHttp({
    legacy: (transport) => legacyServer(service, options).connect(transport),
    modern,
  });
  return {
    url,
    async close() {
      await close();
      await closeService();
    },
  };
}
