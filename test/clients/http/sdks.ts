import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
  UnauthorizedError as ModernUnauthorized,
} from "@modelcontextprotocol/client";
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Sdk } from "./program.js";

/** The MCP SDK for the revisions up to 2025-11-25. */
export const SDK_V1: Sdk = {
  open(url, authProvider) {
    const client = new Client({ name: "sdk-v1", version: "1" });
    const transport = new StreamableHTTPClientTransport(url, { authProvider });
    return {
      connect: () => client.connect(transport),
      listTools: () => client.listTools(),
      callTool: (call) => client.callTool(call),
      finishAuth: (callback) => transport.finishAuth(callback.get("code") ?? ""),
      close: () => client.close(),
    };
  },
  asksToSignIn: (error) => error instanceof UnauthorizedError,
};

/** The person's answer to a question that the client shows; null for a client that shows none. */
export type Answer = "yes" | "no" | null;

/** The MCP SDK for the revision 2026-07-28, with the questions that its person was shown. */
export function sdkV2(answer: Answer = null) {
  const asked: string[] = [];
  const sdk: Sdk = {
    open(url, authProvider) {
      const client = new ModernClient(
        { name: "sdk-v2", version: "1" },
        {
          versionNegotiation: { mode: { pin: "2026-07-28" } },
          capabilities: answer === null ? {} : { elicitation: { form: {} } },
        },
      );
      if (answer !== null) {
        client.setRequestHandler("elicitation/create", ({ params }) => {
          asked.push(params.message);
          return answer === "yes" ? { action: "accept", content: { confirm: true } } : { action: "decline" };
        });
      }
      const transport = new ModernTransport(url, { authProvider });
      return {
        connect: () => client.connect(transport),
        listTools: () => client.listTools(),
        callTool: (call) => client.callTool(call),
        finishAuth: (callback) => transport.finishAuth(callback),
        close: () => client.close(),
      };
    },
    asksToSignIn: (error) => error instanceof ModernUnauthorized,
  };
  return { sdk, asked };
}
