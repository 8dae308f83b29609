import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ADMIN_LOGIN, HR_AUDIENCE, HR_NATIVE_CLIENT_ID, HR_SERVER_ID } from "../../sandbox/facts.js";
import { hrDocument } from "../../sandbox/practice-api/document.js";
import { loopbackRedirectUri } from "../../src/apis/loopback-redirect.js";
import { plainBrowser, type Visit } from "./browser.js";
import { type CliResult, runCli, startCli, temporaryFolder } from "./cli.js";
import { freePort } from "./free-port.js";
import { type PracticeCompanyOptions, startPracticeCompany } from "./practice-company.js";

/** What every API of the tests chooses: all reads, and each write by its name. */
export const OPERATIONS = [
  { match: { method: "GET", path: "/**" } },
  { id: "request_time_off", consent: "always" },
  { id: "withdraw_time_off" },
];

/**
 * Starts the practice company, and writes the file of APIs that a person's own server reads.
 * @param change changes the settings of the API `hr`
 */
export async function startPracticeCli(change: object = {}, options: PracticeCompanyOptions = {}) {
  const redirectPort = await freePort();
  const company = await startPracticeCompany({
    ...options,
    apps: { nativeRedirectUris: [loopbackRedirectUri(redirectPort)], ...options.apps },
  });
  const { origin, api, control } = company;
  const folder = temporaryFolder();
  const file = join(folder, "apis.json");
  const issuer = `${origin}/oauth2/${HR_SERVER_ID}`;
  writeFileSync(join(folder, "hr.json"), JSON.stringify(hrDocument(issuer)), { mode: 0o600 });
  const hr = {
    document: "hr.json",
    base_url: api.origin,
    auth: {
      kind: "user_grant",
      issuer,
      client_id: HR_NATIVE_CLIENT_ID,
      scopes: ["hr.read", "hr.write"],
      audience: HR_AUDIENCE,
      redirect_port: redirectPort,
    },
    operations: OPERATIONS,
    bind: { gpid: ["claim:gpid"] },
    ...change,
  };
  const write = (content: object) => writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
  write({ apis: { hr } });
  const home = temporaryFolder();
  const env = { HOME: home, OKTA_MCP_APIS: file, OKTA_MCP_TOKEN_STORE: "file" };
  const cli = (args: readonly string[], more: Record<string, string> = {}): Promise<CliResult> =>
    runCli(args, { env: { ...env, ...more } });
  /** Goes to a link of a sign-in as this person's browser, up to the page on this machine. */
  const visit = async (link: string, login: string = ADMIN_LOGIN): Promise<Visit> => {
    control.autoSignIn(login);
    const browser = plainBrowser();
    let page = await browser.get(link);
    while (page.location !== undefined) page = await browser.get(page.location);
    return page;
  };
  /** Signs this person in to the API by the command. */
  const login = async (who?: string): Promise<CliResult> => {
    const running = startCli(["login", "--api", "hr"], { env });
    const [link = ""] = await running.seen("stderr", /http:\S+\/v1\/authorize\?\S+/);
    await visit(link, who);
    return running.ended;
  };
  return { ...company, folder, file, home, env, hr, write, cli, visit, login, issuer, redirectPort };
}
