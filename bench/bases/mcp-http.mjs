// The base "bare handler" is a server with one tool over HTTP, written as the MCP SDK's documentation shows and run from
// node_modules. It has no sign-in, and asks the org with the platform's fetch.
import { createServer } from "node:http";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import * as z from "zod";

const [org] = process.argv.slice(2);
const headers = { Accept: "application/json", Authorization: "Bearer bench", "User-Agent": "okta-mcp/bench" };

const handler = toNodeHandler(
  createMcpHandler(() => {
    const server = new McpServer({ name: "bare", version: "1.0.0" });
    server.registerTool(
      "get_user",
      { description: "Show a user.", inputSchema: z.object({ user_id: z.string() }) },
      async ({ user_id }) => {
        const response = await fetch(`${org}/api/v1/users/${encodeURIComponent(user_id)}`, { headers });
        return { content: [{ type: "text", text: JSON.stringify(await response.json()) }] };
      },
    );
    return server;
  }),
);

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => void handler(request, response));
server.listen(0, "127.0.0.1", () => process.send(`http://127.0.0.1:${server.address().port}/mcp`));
