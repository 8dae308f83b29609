import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { addOAuthApp } from "../../sandbox/oauth-app.js";
import { type InviteFlags, runInvite } from "../../src/cli/company/run-invite.js";
import { plainBrowser } from "../support/browser.js";
import { commandLine } from "../support/company-command.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";
import { appKey, DIRECTORY_CLIENT_ID } from "../support/company-tokens.js";

const LOGIN = "/auth/sso/login/okta";

/** A company to which nobody comes without an invitation, with an app that reads the directory. */
async function start(withDirectory = true) {
  const { pem, jwks } = appKey("directory");
  const web = await startCompanyWeb({
    files: { "directory.pem": pem },
    serve: {
      sign_on: { auto_create: false },
      ...(withDirectory && {
        directory: { client_id: DIRECTORY_CLIENT_ID, private_key_file: "directory.pem", key_id: "directory" },
      }),
    },
    arrange(org) {
      const how = { type: "service", auth: "private_key_jwt", jwks: jwks as never } as const;
      addOAuthApp(org, { id: DIRECTORY_CLIENT_ID, ...how, scopes: ["okta.users.read", "okta.groups.read"] });
    },
  });
  async function run(login: string | undefined, flags: Partial<InviteFlags> = {}) {
    const command = commandLine(web);
    const code = await runInvite(command.io, login, { config: command.config, now: web.company.clock.now, ...flags });
    return { code, text: command.text(), notes: command.notes() };
  }
  return { ...web, run };
}

async function atPages(web: CompanyWeb, login = ADMIN_LOGIN): Promise<string> {
  web.company.control.autoSignIn(login);
  const browser = plainBrowser();
  return (await web.follow(browser, await browser.submit(await browser.get(`${web.publicUrl}${LOGIN}`), LOGIN, {})))
    .html;
}

test("S7: an operator invites by a login that Okta knows; whoever is invited comes in, and nobody else", async () => {
  const web = await start();
  const subject = web.company.person().id;
  expect(await web.run(ADMIN_LOGIN)).toMatchObject({
    code: 0,
    text: expect.stringContaining(`(${subject}) may sign in`),
  });
  expect((await web.run(undefined, { list: true })).text).toContain(ADMIN_LOGIN);
  expect(await web.store.audit.page({ action: "invite", limit: 1 })).toMatchObject([
    { actor: "serve invite", target: subject },
  ]);
  expect(await atPages(web)).toContain(ADMIN_LOGIN);
  expect(await atPages(web, BOB_LOGIN)).toContain("<code>not_invited</code>");
  expect((await web.run(undefined, { list: true })).text).toBe("Nobody is invited.");
  expect((await web.run(ADMIN_LOGIN)).text).toContain("needs no invitation");
});

test("an invitation is by the id at Okta where no app may ask, and can be taken back", async () => {
  const web = await start(false);
  const id = web.company.person().id;
  await expect(web.run(ADMIN_LOGIN)).rejects.toThrow(/names no directory app/);
  expect((await web.run(undefined, { id })).code).toBe(0);
  expect(await web.run(undefined, { id, withdraw: true })).toMatchObject({
    code: 0,
    text: expect.stringMatching(/no more/),
  });
  expect(await web.run(undefined, { id, withdraw: true })).toMatchObject({ code: 1 });
  expect(await atPages(web)).toContain("<code>not_invited</code>");
});

test("a login that Okta does not have exactly like that invites nobody, nor does one of somebody who cannot sign in", async () => {
  const web = await start();
  await expect(web.run("nobody@acme.example")).rejects.toThrow(/nobody with exactly the login/);
  await expect(web.run(ADMIN_LOGIN.split("@")[0])).rejects.toThrow(/nobody with exactly the login/);
  await expect(web.run("00uNotALogin000000001")).rejects.toThrow(/nobody with exactly the login/);
  await expect(web.run(undefined, { id: "../00u" })).rejects.toThrow(/is no id of a user/);
  await expect(web.run(ADMIN_LOGIN, { id: "00u1234567890" })).rejects.toThrow(/Nothing says whom/);
  web.company.person(BOB_LOGIN).status = "SUSPENDED";
  await expect(web.run(BOB_LOGIN)).rejects.toThrow(/cannot sign in/);
  expect(await web.store.invitations.page({ limit: 5 })).toEqual([]);
});

test("erasing somebody takes their invitation with it", async () => {
  const web = await start();
  await web.run(ADMIN_LOGIN);
  await atPages(web);
  const [person] = await web.store.people.findByLogin(ADMIN_LOGIN);
  const { issuer, subject, id } = person as NonNullable<typeof person>;
  await web.store.invitations.invite({ issuer, subject, login: ADMIN_LOGIN, by: "test" });
  await web.store.erasure.erase(id, { by: "test" });
  expect(await web.store.invitations.find(issuer, subject)).toBeUndefined();
});
