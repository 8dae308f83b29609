import { expect, test } from "vitest";
import { COMMAND, ROOT, spawnProcess, temporaryFolder } from "../support/cli.js";
import { APPROVED, openCliOrg } from "../support/cli-org.js";
import { quoteForBash } from "../support/keyring-session.js";
import { linesOf, shellBlocks } from "../support/pages.js";

/** The lines of a page's shell blocks that run okta-mcp. */
const commandsOf = (page: string) =>
  shellBlocks(page)
    .flatMap(linesOf)
    .filter((line) => line.startsWith("okta-mcp "));

test("what the docs show for a terminal works when it is typed, in that order", { timeout: 120_000 }, async () => {
  const scopes = ["okta.users.manage", "okta.groups.manage", "okta.logs.read"];
  const org = await openCliOrg({ scopes, ...APPROVED });
  const env = { ...org.env, HOME: temporaryFolder(), OKTA_MCP_TOKEN_STORE: "file" };
  /** Runs a line in a shell in which okta-mcp is the command under test. */
  const type = (line: string) =>
    spawnProcess(["sh", "-c", `okta_mcp() { ${COMMAND.map(quoteForBash).join(" ")} "$@"; }\n${line}`], {
      env,
      cwd: ROOT,
    }).ended;
  // The sandbox runs until it is stopped, and an undo needs the id of a change. Both have tests of their own.
  const typed = [...commandsOf("README.md"), ...commandsOf("docs/journal.md")].filter(
    (line) => !/^okta-mcp sandbox$|<id>/.test(line),
  );
  expect(typed).toEqual(expect.arrayContaining(["okta-mcp login", "okta-mcp status", "okta-mcp logout"]));
  for (const line of typed) {
    const { code, stdout, stderr } = await type(line.replace(/^okta-mcp/, "okta_mcp"));
    expect(code, `${line}\n${stdout}${stderr}`).toBe(0);
  }
});
