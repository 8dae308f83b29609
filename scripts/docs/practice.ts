import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { orgAuthorization } from "../../sandbox/org-authorization.js";
import { startSandbox } from "../../sandbox/server.js";
import { createSigner, type Signer } from "../../sandbox/signer.js";
import type { Catalogue } from "../../src/catalogue/catalogue.js";
import { compose } from "../../src/cli/compose.js";
import { DEFAULT_RESULT_CHARS } from "../../src/config/settings.js";
import { NO_RULES } from "../../src/guard/rules.js";
import { MemoryJournal } from "../../src/journal/memory-journal.js";
import { createLog } from "../../src/log.js";
import { createServer } from "../../src/mcp/server.js";
import { SCOPES } from "../../src/okta/scopes.js";
import { type Company, EXAMPLES, type JsonObject } from "./examples.js";
import { type ExampleFiles, writeExampleFiles } from "./files.js";

/** The moment at which everything in the documentation happens. */
const NOW_MS = Date.parse("2026-12-01T09:00:00Z");

/** The address under which the documentation shows the pretend org. */
const SHOWN_ORIGIN = "https://acme.okta.com";

/** One call as it went. */
export interface Shown {
  args: JsonObject;
  /** The question to the person, if there was one. */
  asked: string | undefined;
  result: JsonObject;
}

/**
 * Makes every tool's example call in the pretend org, through the server and a client.
 * @throws Error where a call fails or a tool has no example
 */
export async function runExamples(catalogue: Catalogue): Promise<Map<string, Shown>> {
  const files = writeExampleFiles();
  const shown = new Map<string, Shown>();
  // Those that only look come first: an org serves as long as nothing in it was changed.
  const tools = catalogue.entries.toSorted((a, b) => Number(b.effect === "reads") - Number(a.effect === "reads"));
  const signer = await createSigner();
  let company: Awaited<ReturnType<typeof openCompany>> | undefined;
  try {
    for (const { name } of tools) {
      company ??= await openCompany(catalogue, files, signer);
      shown.set(name, await company.show(name));
      if (company.isUntouched()) continue;
      await company.close();
      company = undefined;
    }
  } finally {
    await company?.close();
    files.remove();
  }
  return shown;
}

async function openCompany(catalogue: Catalogue, files: ExampleFiles, signer: Signer) {
  const now = () => NOW_MS;
  const sandbox = await startSandbox({
    now,
    authorization: orgAuthorization({ signer: () => Promise.resolve(signer) }),
  });
  const scopes = Object.keys(SCOPES);
  const token = await sandbox.authorization.control.issueAccessToken(scopes);
  const log = createLog({ level: "error" });
  const {
    session,
    server: shared,
    calls,
  } = compose({
    settings: {
      orgUrl: sandbox.origin,
      clientId: DEVICE_CLIENT_ID,
      scopes,
      credential: { method: "access-token", token },
      tokenStore: "memory",
      confirm: "ask",
      maxResultChars: DEFAULT_RESULT_CHARS,
      guard: NO_RULES,
      fileRoots: [files.folder],
    },
    journal: new MemoryJournal(),
    version: "0.0.0",
    log,
    now,
  });
  const server = createServer({ ...shared, catalogue, calls: calls(catalogue), structuredContent: true });
  const client = new Client({ name: "docs", version: "0.0.0" }, { capabilities: { elicitation: { form: {} } } });
  let asked: string | undefined;
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
    asked = params.message;
    return { action: "accept", content: { confirm: true } };
  });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await server.connect(theirs);
  await client.connect(ours);

  const toReal = (args: JsonObject): JsonObject => JSON.parse(files.toReal(JSON.stringify(args)));
  // The last characters of a change's id are chance.
  const toShown = (text: string) =>
    files
      .toShown(text)
      .replaceAll(sandbox.origin, SHOWN_ORIGIN)
      .replace(/\b(chg\w{9})\w{10}\b/g, "$10000000001");

  async function get(tool: string, args: JsonObject): Promise<JsonObject> {
    const result = await client.callTool({ name: tool, arguments: toReal(args) });
    if (result.isError) throw new Error(`${tool} ${JSON.stringify(args)}: ${JSON.stringify(result.content)}`);
    return result.structuredContent as JsonObject;
  }

  async function find(listTool: string, name: string, args: JsonObject = {}): Promise<string> {
    const isPaged = Object.hasOwn(catalogue.schema(listTool).properties, "fetch_all");
    const { items } = await get(listTool, { ...args, ...(isPaged && { fetch_all: true }) });
    const item = (items as Named[]).find((one) => namesOf(one).includes(name));
    if (!item) throw new Error(`${listTool} has nothing that is called ${name}.`);
    return item.id;
  }

  return {
    async show(tool: string): Promise<Shown> {
      const example = EXAMPLES[tool];
      if (!example) throw new Error(`${tool} has no example in scripts/docs/examples.ts.`);
      const args = await example({ find, get } satisfies Company);
      asked = undefined;
      const result = await get(tool, args);
      const replaced = (value: JsonObject): JsonObject => JSON.parse(toShown(JSON.stringify(value)));
      return { args: replaced(args), asked: asked && toShown(asked), result: replaced(result) };
    },
    /** True while nothing but reads has come to the org. */
    isUntouched: () => sandbox.requests.every(({ method }) => method === "GET"),
    async close() {
      await server.close();
      session.close();
      await sandbox.close();
    },
  };
}

interface Named {
  id: string;
  name?: string;
  label?: string;
  domain?: string;
  language?: string;
  profile?: { name?: string; login?: string };
}

function namesOf({ name, label, domain, language, profile }: Named): unknown[] {
  return [name, label, domain, language, profile?.name, profile?.login];
}
