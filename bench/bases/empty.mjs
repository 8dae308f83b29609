// The base "empty" is a server with one tool, written as the MCP SDK's documentation shows and run from node_modules.
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import * as z from "zod";

const server = new McpServer({ name: "empty", version: "1.0.0" });
server.registerTool(
  "echo",
  { description: "Answers with the text it is given.", inputSchema: { text: z.string() } },
  ({ text }) => ({ content: [{ type: "text", text }] }),
);
await server.connect(new StdioServerTransport());
