import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../support/cli.js";

interface Instruction {
  name: string;
  value: string;
}

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

/** Returns the instructions of a Dockerfile by stage. Continued lines are joined. */
function stagesOf(text: string): Instruction[][] {
  const stages: Instruction[][] = [];
  const lines = text.replace(/\\\n\s*/g, "").split("\n");
  for (const line of lines) {
    const [, name = "", value = ""] = /^\s*([A-Z]+)\s+(.+)$/.exec(line) ?? [];
    if (name === "FROM") stages.push([]);
    if (name !== "") stages.at(-1)?.push({ name, value });
    else expect(line.trim(), "every line is an instruction, a comment or empty").toMatch(/^(#.*)?$/);
  }
  return stages;
}

describe("the Dockerfile", () => {
  const stages = stagesOf(read("Dockerfile"));
  const all = stages.flat();
  const final = stages.at(-1) ?? [];
  const values = (name: string, of: Instruction[]) => of.filter((one) => one.name === name).map(({ value }) => value);

  test("takes base images by an exact version", () => {
    for (const image of values("FROM", all)) expect(image).toMatch(/^[a-z]+:\d+\.\d+-[a-z]+\d+\.\d+( AS \w+)?$/);
  });

  test("runs as a user who is not root, from the last line that says so", () => {
    expect(values("USER", final)).toEqual(["node"]);
    const after = final.slice(final.findIndex(({ name }) => name === "USER") + 1).map(({ name }) => name);
    expect(after).toEqual(["ENTRYPOINT"]);
  });

  test("starts the server itself, without a shell in between, so that it hears when it is to stop", () => {
    expect(JSON.parse(values("ENTRYPOINT", final)[0] ?? "")).toEqual(["node", "/app/okta-mcp.js"]);
    expect(values("CMD", all)).toEqual([]);
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
    for (const value of values("COPY", all).filter((copy) => !copy.startsWith("--from"))) {
      const sources = value.split(/\s+/).slice(0, -1);
      for (const source of sources) expect(existsSync(join(ROOT, source)), source).toBe(true);
    }
  });

  test("gets from this machine only what it copies", () => {
    const allowed = read(".dockerignore")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(allowed[0]).toBe("*");
    const copied = values("COPY", all)
      .filter((copy) => !copy.startsWith("--from"))
      .flatMap((copy) => copy.split(/\s+/).slice(0, -1));
    expect(allowed.slice(1).sort()).toEqual(copied.map((source) => `!${source}`).sort());
  });

  test("bears the name under which the MCP registry knows the server", () => {
    const { mcpName } = JSON.parse(read("package.json")) as { mcpName: string };
    expect(values("LABEL", final).join(" ")).toContain(`io.modelcontextprotocol.server.name="${mcpName}"`);
  });
});
