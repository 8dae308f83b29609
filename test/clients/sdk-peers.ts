import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Client as ModernClient } from "@modelcontextprotocol/client";
import { StdioClientTransport as ModernTransport } from "@modelcontextprotocol/client/stdio";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { expect, onTestFinished } from "vitest";
import { BUILT_ENTRY } from "../support/built.js";
import { cleanEnv } from "../support/cli.js";
import { addressesIn, type Connect, type Says, textIn, told } from "./peer.js";

const ME = { name: "real-client", version: "1.0.0" };

/** Returns how a client starts the built server. */
const command = (env: Record<string, string>) => ({
  command: process.execPath,
  args: [BUILT_ENTRY],
  env: cleanEnv(env),
  stderr: "ignore" as const,
});

/** Returns the questions that a client got, and the function that answers them. */
function person(says: Says) {
  const asked: string[] = [];
  const answer = ({ params }: { params: { message: string } }) => {
    asked.push(params.message);
    return says === "yes" ? { action: "accept" as const, content: { confirm: true } } : { action: "decline" as const };
  };
  return { asked, answer };
}

/** Closes a client when the test is over. The test fails if the client met something that is no message to it. */
function endWithTest(client: { close(): Promise<void>; onerror?: ((error: Error) => void) | undefined }): void {
  const strays: string[] = [];
  client.onerror = ({ message }) => void strays.push(message);
  onTestFinished(async () => {
    await client.close();
    expect(strays).toEqual([]);
  });
}

/** The classes with which one version of the older SDK connects. */
interface OlderSdk {
  Client: typeof Client;
  StdioClientTransport: typeof StdioClientTransport;
}

/** Connects a client of the SDK for the revisions up to 2025-11-25. */
async function connectWith(sdk: OlderSdk, env: Record<string, string>, says: Says) {
  const { asked, answer } = person(says);
  const client = new sdk.Client(ME, { capabilities: says === null ? {} : { elicitation: { form: {} } } });
  if (says !== null) client.setRequestHandler(ElicitRequestSchema, answer);
  endWithTest(client);
  await client.connect(new sdk.StdioClientTransport(command(env)));
  return {
    era: "legacy" as const,
    asked,
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    texts: async () => addressesIn(await client.listResources(), await client.listResourceTemplates()),
    read: async (uri: string) => textIn(await client.readResource({ uri })),
    call: async (name: string, args = {}) => told(await client.callTool({ name, arguments: { ...args } })),
  };
}

/** Connects the SDK that this project uses for the revisions up to 2025-11-25. */
export const connectOlder: Connect = (env, says) => connectWith({ Client, StdioClientTransport }, env, says);

/**
 * Returns a function that connects another version of that SDK.
 * @param folder the folder of its package
 */
export const connectInstalled =
  (folder: string): Connect =>
  async (env, says) => {
    const load = (file: string) => import(pathToFileURL(join(folder, "dist/esm/client", file)).href);
    return await connectWith({ ...(await load("index.js")), ...(await load("stdio.js")) } as OlderSdk, env, says);
  };

/** Returns a function that connects the SDK for the revision 2026-07-28, which finds the revision in this way. */
export const connectModern =
  (mode: "auto" | { pin: string }): Connect =>
  async (env, says) => {
    const { asked, answer } = person(says);
    const client = new ModernClient(ME, {
      versionNegotiation: { mode },
      capabilities: says === null ? {} : { elicitation: { form: {} } },
    });
    if (says !== null) client.setRequestHandler("elicitation/create", answer);
    endWithTest(client);
    await client.connect(new ModernTransport(command(env)));
    return {
      era: client.getProtocolEra() ?? expect.fail("no era"),
      asked,
      list: async () => (await client.listTools()).tools.map(({ name }) => name),
      texts: async () => addressesIn(await client.listResources(), await client.listResourceTemplates()),
      read: async (uri) => textIn(await client.readResource({ uri })),
      call: async (name, args = {}) => told(await client.callTool({ name, arguments: { ...args } })),
    };
  };
