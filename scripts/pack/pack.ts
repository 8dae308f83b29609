/** `npm run bundles`: writes `server.json` for the MCP registry and the `.mcpb` file for desktop clients. */
import { readFile, writeFile } from "node:fs/promises";
import { createCatalogue } from "../../src/catalogue/catalogue.js";
import { areas } from "../../tools/index.js";
import { mcpbManifest, packMcpb } from "./mcpb.js";
import { type PackageFacts, serverJson } from "./server-json.js";

const facts: PackageFacts = JSON.parse(await readFile("package.json", "utf8"));

await writeFile("server.json", `${JSON.stringify(serverJson(facts), undefined, 2)}\n`);

const file = `bundles/${facts.name}-${facts.version}.mcpb`;
await packMcpb(mcpbManifest(facts, createCatalogue(areas).entries), "dist", file);
process.stdout.write(`server.json\n${file}\n`);
