import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { runServeRecords } from "../../src/cli/company/run-records.js";
import { runCli } from "../support/cli.js";
import { commandLine } from "../support/company-command.js";
import { startCompanyWeb } from "../support/company-server.js";

/** A server on which Ada has created two groups, and nobody else has done anything. */
async function startWithChanges() {
  const web = await startCompanyWeb();
  const ada = await web.signIn();
  for (const name of ["=SUM(A1)", "Night shift"]) {
    const { message } = await ada.call("tools/call", { name: "create_group", arguments: { profile: { name } } });
    expect(message.result.isError, JSON.stringify(message)).toBeFalsy();
  }
  const [person] = await web.store.people.findByLogin(ADMIN_LOGIN);
  return { web, person };
}

test("an operator reads the journal of everybody beside the running server", async () => {
  const { web, person } = await startWithChanges();
  const line = commandLine(web);
  const table = async (flags: object) => {
    const shown = commandLine(web);
    expect(await runServeRecords(shown.io, "journal", { config: shown.config, ...flags })).toBe(0);
    return shown;
  };
  const all = await table({});
  expect(all.text()).toMatch(/^at +outcome +tool +target +who +role +id$/m);
  expect(all.text()).toMatch(new RegExp(`done +create_group +Night shift +${ADMIN_LOGIN} +helpdesk +\\S+$`, "m"));
  expect(all.notes()).toContain("2 items.");
  const one = await table({ limit: 1, tool: "create_group" });
  const [, id = ""] = /Next page: okta-mcp serve journal .*--after (\S+)$/m.exec(one.notes()) ?? [];
  expect((await table({ after: id })).text()).toMatch(/=SUM/);
  for (const by of [ADMIN_LOGIN.toUpperCase(), person?.id])
    expect((await table({ person: by })).notes()).toContain("2 items.");
  for (const none of [
    { person: "bob@acme.example" },
    { tool: "delete_group" },
    { outcome: "failed" },
    { until: "2001-01-01" },
  ]) {
    expect((await table(none)).notes()).toBe("Nothing found.");
  }
  const { config } = line;
  const csv = await runCli(["serve", "journal", "--config", config, "--csv"]);
  expect(csv.code, csv.stderr).toBe(0);
  expect(csv.stdout.split("\r\n")).toHaveLength(4);
  expect(csv.stdout).toContain(`"'=SUM(A1)"`);
  const json = await runCli(["serve", "journal", "--config", config, "--json", "--whole", "--limit", "1"]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    tool: "create_group",
    arguments: { profile: { name: "Night shift" } },
    caller: { person: person?.id, login: ADMIN_LOGIN, role: "helpdesk", act_as: "user" },
  });
});

test("an operator reads what happened to access, and is told of every wrong option", async () => {
  const { web, person } = await startWithChanges();
  const shown = commandLine(web);
  await runServeRecords(shown.io, "audit", { config: shown.config, action: "sign_in", person: ADMIN_LOGIN });
  expect(shown.text()).toMatch(new RegExp(`done +sign_in +${ADMIN_LOGIN} `));
  await web.store.audit.add({ action: "access_ended", actor: "per0admin", target: person?.id, outcome: "done" });
  const about = commandLine(web);
  await runServeRecords(about.io, "audit", { config: about.config, action: "access_ended", person: ADMIN_LOGIN });
  expect(about.text()).toMatch(new RegExp(`done +access_ended +per0admin +${ADMIN_LOGIN} `));
  const json = await runCli(["serve", "audit", "--config", shown.config, "--json", "--since", "2001-01-01"]);
  const entries = json.stdout
    .trim()
    .split("\n")
    .map((text) => JSON.parse(text));
  expect(entries.length).toBeGreaterThan(2);
  expect(entries).toContainEqual(expect.objectContaining({ action: "sign_in", actor: person?.id, outcome: "done" }));
  for (const [words, told] of [
    [["audit", "--after", "x"], "--after has to be the id of an entry"],
    [["audit", "--since", "soon"], "--since has to be a time"],
    [["audit", "--limit", "0"], "Give a whole number from 1 on"],
    [["audit", "--outcome", "odd"], "Allowed choices are done, refused, failed"],
    [["journal", "--csv", "--json"], "cannot be used with option"],
    [["journal", "--whole"], "--whole is for --json"],
  ] as const) {
    const { code, stderr } = await runCli(["serve", ...words, "--config", shown.config]);
    expect(code).toBe(2);
    expect(stderr).toContain(told);
  }
});

test("a server that was never started has no records, and the commands say so", async () => {
  const web = await startCompanyWeb();
  const { io, config } = commandLine(web, { data_dir: "elsewhere" });
  for (const kind of ["audit", "journal"] as const) {
    await expect(runServeRecords(io, kind, { config })).rejects.toMatchObject({ code: "bad_config" });
  }
});
