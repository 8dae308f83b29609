// The base "node" is an HTTP server of Node.js alone. It reads the request as JSON, asks the org with the platform's
// fetch, and answers with what the org said, in the form of MCP.
import { createServer } from "node:http";

const [org] = process.argv.slice(2);
const headers = { Accept: "application/json", Authorization: "Bearer bench", "User-Agent": "okta-mcp/bench" };

async function answer(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { id, params } = JSON.parse(Buffer.concat(chunks));
  const user = await fetch(`${org}/api/v1/users/${encodeURIComponent(params.arguments.user_id)}`, { headers });
  const content = [{ type: "text", text: JSON.stringify(await user.json()) }];
  const body = JSON.stringify({ jsonrpc: "2.0", id, result: { content } });
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) }).end(body);
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => void answer(request, response));
server.listen(0, "127.0.0.1", () => process.send(`http://127.0.0.1:${server.address().port}/mcp`));
