import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { requireTool } from "../support/ci-tools.js";
import { ROOT } from "../support/cli.js";
import { type Instruction, sourcesOf, stagesOf, valuesOf } from "../support/dockerfile.js";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

describe("the Dockerfile", () => {
  const stages = stagesOf(read("Dockerfile"));
  const all = stages.flat();
  const final = stages.at(-1) ?? [];
  const serve = stages.find((stage) => stage[0]?.value.endsWith(" AS serve")) ?? [];
  const values = (name: string, of: Instruction[]) => valuesOf(of, name);

  test("takes base images by an exact version", () => {
    for (const image of values("FROM", all)) expect(image).toMatch(/^[a-z]+:\d+\.\d+-[a-z]+\d+\.\d+( AS \w+)?$/);
  });

  test("is right by the rules of its own language", async (context) => {
    const { validate } = createRequire(import.meta.url)(requireTool(context, "dockerfile-utils"));
    expect(validate(read("Dockerfile"))).toEqual([]);
    expect(validate("FROM one\nHEALTHCHECK --every=1s CMD true\n")).not.toEqual([]);
  });

  test("runs as a user who is not root, from the last line that says so", () => {
    expect(values("USER", final)).toEqual(["node"]);
    const after = final.slice(final.findIndex(({ name }) => name === "USER") + 1).map(({ name }) => name);
    expect(after).toEqual(["ENTRYPOINT"]);
  });

  test("starts the server itself, without a shell in between, so that it hears when it is to stop", () => {
    expect(JSON.parse(values("ENTRYPOINT", final)[0] ?? "")).toEqual(["node", "/app/okta-mcp.js"]);
    expect(values("CMD", final)).toEqual([]);
  });

  test("has the company's server as a target: for a user with a number, who writes to one folder", () => {
    expect(JSON.parse(values("ENTRYPOINT", serve)[0] ?? "")).toEqual(["node", "/app/okta-mcp.js", "serve"]);
    expect(JSON.parse(values("CMD", serve)[0] ?? "")).toEqual(["--config", "/etc/okta-mcp/serve.json"]);
    expect(values("USER", serve)).toEqual(["1000:1000"]);
    expect(values("VOLUME", serve)).toEqual(["/var/lib/okta-mcp"]);
    expect(values("COPY", serve)).toEqual(values("COPY", final));
    const [user, ...after] = serve.slice(serve.findIndex(({ name }) => name === "USER"));
    expect(user?.name).toBe("USER");
    expect(after.map(({ name }) => name)).toEqual(["HEALTHCHECK", "ENTRYPOINT", "CMD"]);
    // The form of a list: there need not be a shell.
    expect(values("HEALTHCHECK", serve)[0]).toMatch(/ CMD \["node", "-e", /);
  });

  test("keeps tokens in memory and brings no keychain", () => {
    expect(values("ENV", final).join(" ")).toContain("OKTA_MCP_TOKEN_STORE=memory");
    expect(values("COPY", final)).toEqual(["--from=build /build/dist ./", "LICENSE ./"]);
  });

  test("holds no secret and takes none while it is built", () => {
    expect(values("ARG", all)).toEqual([]);
    expect(values("ENV", all).join(" ")).not.toMatch(/key|secret|password|OKTA_ACCESS/i);
  });

  test("copies only what is there, fetches nothing by address, and works in absolute folders", () => {
    expect(all.map(({ name }) => name)).not.toContain("ADD");
    expect(values("RUN", all).join("\n")).not.toMatch(/curl|wget|sudo|apt-get|npm install/);
    for (const folder of values("WORKDIR", all)) expect(folder).toMatch(/^\//);
    for (const source of sourcesOf(all)) expect(existsSync(join(ROOT, source)), source).toBe(true);
  });

  test("gets from this machine only what it copies", () => {
    const allowed = read(".dockerignore")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(allowed[0]).toBe("*");
    const copied = new Set(sourcesOf(all));
    expect(allowed.slice(1).sort()).toEqual([...copied].map((source) => `!${source}`).sort());
  });

  test("bears the name under which the MCP registry knows the server", () => {
    const { mcpName } = JSON.parse(read("package.json")) as { mcpName: string };
    expect(values("LABEL", final).join(" ")).toContain(`io.modelcontextprotocol.server.name="${mcpName}"`);
  });
});
