import { expect, test } from "vitest";
import { ADMIN_LOGIN } from "../../sandbox/facts.js";
import { errorIn, modernClient, resultIn } from "../support/company-modern.js";
import { BOB_LOGIN } from "../support/company-org.js";
import { type CompanyWeb, startCompanyWeb } from "../support/company-server.js";
import { testEachDatabase } from "../support/each-database.js";
import { YES } from "../support/stateless.js";

const BOTH = {
  name: "helpdesk",
  members: [ADMIN_LOGIN, BOB_LOGIN],
  scopes: ["okta.users.manage", "okta.groups.manage"],
};

const startBoth = (start = startCompanyWeb) => start({ roles: [BOTH] });

type SignedIn = Awaited<ReturnType<CompanyWeb["signIn"]>>;

const remove = (who: Pick<SignedIn, "call">, id: string, more: object = {}) =>
  who.call("tools/call", { name: "delete_group", arguments: { group_id: id, ...more } });

/** Answers the question on its page. */
async function answerOnPage({ follow }: CompanyWeb, { browser }: SignedIn, url: string, answer: "yes" | "no") {
  const page = await follow(browser, await browser.get(url));
  return follow(browser, await browser.submit(page, page.url, { answer }));
}

testEachDatabase(
  "M4: the state of a round counts once, for the same person, client, tool and arguments, on any instance",
  async (start) => {
    const web = await startBoth(start);
    const { publicUrl, company } = web;
    const ada = await web.signIn(ADMIN_LOGIN, { clientName: "One" });
    const adaElsewhere = await web.signIn(ADMIN_LOGIN, { clientName: "Two" });
    const bob = await web.signIn(BOB_LOGIN);
    const second = await web.anotherInstance();
    const client = (who: SignedIn, at?: string) =>
      modernClient(publicUrl, who.access_token, at === undefined ? {} : { at });
    const [lab, other] = ["Lab", "Other"].map((name) => company.org.addGroup({ profile: { name } }));
    const args = { group_id: lab?.id };
    const { sees, state } = await client(ada).round("delete_group", args);
    expect(sees).toBe("asks");
    const brought = { inputResponses: YES, requestState: state };
    // A state of somebody else, or of another client, is none at all.
    expect((await client(bob).round("delete_group", args, brought)).sees).toBe(-32602);
    expect((await client(adaElsewhere).round("delete_group", args, brought)).sees).toBe(-32602);
    // For other arguments the person is asked anew.
    expect((await client(ada).round("delete_group", { group_id: other?.id }, brought)).sees).toBe("asks");
    expect(company.org.groups.get(other?.id ?? "")).toBeDefined();
    const again = await client(ada, second.address).round("delete_group", { group_id: other?.id });
    const elsewhere = { inputResponses: YES, requestState: again.state };
    expect((await client(ada).round("delete_group", { group_id: other?.id }, elsewhere)).sees).toBe("ok");
    expect(company.org.groups.get(other?.id ?? "")).toBeUndefined();
  },
);

test("M4: the state of a round counts once, and five minutes at most", async () => {
  const web = await startBoth();
  const { company } = web;
  const ada = modernClient(web.publicUrl, (await web.signIn()).access_token);
  const user = company.person(BOB_LOGIN);
  const args = { user_id: user.id };
  const late = await ada.round("deactivate_user", args);
  company.clock.advanceSeconds(301);
  expect((await ada.round("deactivate_user", args, { inputResponses: YES, requestState: late.state })).sees).toBe(
    "asks",
  );
  expect(company.person(BOB_LOGIN).status).toBe("ACTIVE");
  const { state } = await ada.round("deactivate_user", args);
  const brought = { inputResponses: YES, requestState: state };
  expect((await ada.round("deactivate_user", args, brought)).sees).toBe("ok");
  expect(company.person(BOB_LOGIN).status).toBe("DEPROVISIONED");
  // Its target is as it was: only the use of the state has changed.
  company.person(BOB_LOGIN).status = "ACTIVE";
  expect((await ada.round("deactivate_user", args, brought)).sees).toBe("asks");
});

test("M4: no confirmation that a model repeats counts over HTTP", async () => {
  const web = await startBoth();
  const { company } = web;
  const ada = await web.signIn();
  const lab = company.org.addGroup({ profile: { name: "Lab" } });
  const first = errorIn(await remove(ada, lab.id));
  expect(first.code).toBe("needs_approval");
  expect(first.text).not.toContain('"confirmation"');
  const id = String(first.url).split("/").at(-1);
  for (const confirmation of ["yes", id, first.url, "x".repeat(100)]) {
    expect(errorIn(await remove(ada, lab.id, { confirmation })).code).toBe("needs_approval");
  }
  // A modern client that shows no forms is in the same place, and so is one that brings answers without a state.
  const mute = modernClient(web.publicUrl, ada.access_token, { capabilities: {} });
  expect((await mute.round("delete_group", { group_id: lab.id, confirmation: id })).sees).toBe("needs_approval");
  const asks = modernClient(web.publicUrl, ada.access_token);
  const { sees, state } = await asks.round("delete_group", { group_id: lab.id }, { inputResponses: YES });
  expect(sees).toBe("asks");
  expect(errorIn(await remove(ada, lab.id, { confirmation: state })).code).toBe("needs_approval");
  expect(company.org.groups.get(lab.id)).toBeDefined();
});

testEachDatabase(
  "M4: an approval counts for the same person, client, arguments and state, once, ten minutes, on any instance",
  async (start) => {
    const web = await startBoth(start);
    const { company, publicUrl } = web;
    const ada = await web.signIn(ADMIN_LOGIN, { clientName: "One" });
    const adaElsewhere = await web.signIn(ADMIN_LOGIN, { clientName: "Two" });
    const bob = await web.signIn(BOB_LOGIN);
    const second = await web.anotherInstance();
    const [lab, other] = ["Lab", "Other"].map((name) => company.org.addGroup({ profile: { name } }).id) as [
      string,
      string,
    ];
    const asked = errorIn(await remove(ada, lab));
    expect((await answerOnPage(web, ada, asked.url, "yes")).html).toContain("Approved");
    expect(errorIn(await remove(adaElsewhere, lab)).code).toBe("needs_approval");
    expect(errorIn(await remove(bob, lab)).code).toBe("needs_approval");
    expect(errorIn(await remove(ada, other)).code).toBe("needs_approval");
    expect(
      errorIn(await remove({ call: (method, params) => web.call(ada.access_token, method, params) }, other)).code,
    ).toBe("needs_approval");
    expect(company.org.groups.get(lab)).toBeDefined();
    // The group has another name than the person was shown.
    company.org.groups.get(lab)?.profile &&
      Object.assign(company.org.groups.get(lab)?.profile ?? {}, { name: "Renamed" });
    const changed = errorIn(await remove(ada, lab));
    expect(changed.code).toBe("needs_approval");
    await answerOnPage(web, ada, changed.url, "yes");
    company.clock.advanceSeconds(601);
    const fresh = await web.signIn(ADMIN_LOGIN, { clientId: ada.client_id, browser: ada.browser });
    const late = errorIn(await remove(fresh, lab));
    expect(late.code).toBe("needs_approval");
    await answerOnPage(web, fresh, late.url, "yes");
    const there = modernClient(publicUrl, fresh.access_token, { at: second.address, capabilities: {} });
    expect((await there.round("delete_group", { group_id: lab })).sees).toBe("ok");
    expect(errorIn(await remove(fresh, lab)).code).toBe("not_found");
  },
);

test("M4: a change is undone by whoever made it, or by a role that may undo all", async () => {
  const admins = { name: "admins", members: [ADMIN_LOGIN], scopes: ["okta.groups.manage"], may_undo: "all" };
  const helpdesk = { name: "helpdesk", members: [BOB_LOGIN], scopes: ["okta.groups.manage"] };
  const web = await startCompanyWeb({ roles: [admins, helpdesk] });
  const bob = await web.signIn(BOB_LOGIN);
  const ada = await web.signIn(ADMIN_LOGIN);
  const rename = async (who: SignedIn, name: string) => {
    const { id } = web.company.org.addGroup({ profile: { name: `${name} before` } });
    const args = { group_id: id, profile: { name } };
    await who.call("tools/call", { name: "update_group", arguments: args });
    const { items } = resultIn(await who.call("tools/call", { name: "list_changes", arguments: {} }));
    return { group: id, change: items[0].id as string };
  };
  const ofAda = await rename(ada, "Ada's");
  const ofBob = await rename(bob, "Bob's");
  const undo = (who: SignedIn, change: string) =>
    who.call("tools/call", { name: "undo_change", arguments: { change_id: change } });
  expect(errorIn(await undo(bob, ofAda.change)).code).toBe("not_found");
  expect(
    errorIn(await bob.call("tools/call", { name: "get_change", arguments: { change_id: ofAda.change } })).code,
  ).toBe("not_found");
  const listed = resultIn(await bob.call("tools/call", { name: "list_changes", arguments: {} }));
  const done = listed.items.filter(({ outcome }: { outcome: string }) => outcome === "done");
  expect(done.map(({ id }: { id: string }) => id)).toEqual([ofBob.change]);
  await answerOnPage(web, ada, errorIn(await undo(ada, ofBob.change)).url, "yes");
  expect((await undo(ada, ofBob.change)).message.result.isError).toBeUndefined();
  expect(web.company.org.groups.get(ofBob.group)?.profile.name).toBe("Bob's before");
  expect(web.company.org.groups.get(ofAda.group)?.profile.name).toBe("Ada's");
});

test("M5: a client of 2025-11-25 that cannot ask gets a page, and the call runs once after the yes", async () => {
  const web = await startBoth();
  const ada = await web.signIn();
  const lab = web.company.org.addGroup({ profile: { name: "Lab" } });
  const answer = await remove(ada, lab.id);
  expect(answer.message.result.isError).toBe(true);
  expect(answer.message.result.content[0].text).toContain(`${web.publicUrl}/approve/`);
  const { url: approve_url } = errorIn(answer);
  // The same call asks no second question.
  expect(errorIn(await remove(ada, lab.id)).url).toBe(approve_url);
  await answerOnPage(web, ada, approve_url, "yes");
  const answers = await Promise.all([1, 2, 3].map(() => remove(ada, lab.id)));
  const done = answers.filter(({ message }) => message.result.isError !== true);
  expect(done).toHaveLength(1);
  expect(web.company.sandbox.count("DELETE", "/api/v1/groups/{groupId}")).toBe(1);
  const { message } = await ada.call("tools/call", { name: "list_changes", arguments: {} });
  expect(message.result.content[0].text.match(/"done"/g)).toHaveLength(1);
});

test("M6: an approval is not given by another person, by opening its page, or twice", async () => {
  const web = await startBoth();
  const ada = await web.signIn();
  const bob = await web.signIn(BOB_LOGIN);
  const lab = web.company.org.addGroup({ profile: { name: "Lab" } });
  const { url: approve_url } = errorIn(await remove(ada, lab.id));
  web.company.control.autoSignIn(BOB_LOGIN);
  const seenByBob = await web.follow(bob.browser, await bob.browser.get(approve_url));
  expect(seenByBob.html).not.toContain("Lab");
  expect(seenByBob.status).toBe(403);
  web.company.control.autoSignIn(ADMIN_LOGIN);
  const page = await web.follow(ada.browser, await ada.browser.get(approve_url));
  for (let times = 0; times < 3; times += 1) await ada.browser.get(approve_url);
  expect(errorIn(await remove(ada, lab.id)).code).toBe("needs_approval");
  const clicks = await Promise.all([1, 2].map(() => ada.browser.submit(page, page.url, { answer: "yes" })));
  expect(clicks.map(({ location }) => location?.href)).toEqual([page.url, page.url]);
  expect(await web.store.audit.page({ action: "approve", limit: 5 })).toHaveLength(1);
  expect((await ada.browser.get(approve_url)).html).toContain("Approved");
  expect(resultIn(await remove(ada, lab.id))).toMatchObject({ done: true });
  web.company.org.addGroup({ id: lab.id, profile: { name: "Lab" } } as never);
  expect(errorIn(await remove(ada, lab.id)).code).not.toBe("done");
});

test("M6: a no on the page refuses the call", async () => {
  const web = await startBoth();
  const ada = await web.signIn();
  const lab = web.company.org.addGroup({ profile: { name: "Lab" } });
  await answerOnPage(web, ada, errorIn(await remove(ada, lab.id)).url, "no");
  expect(errorIn(await remove(ada, lab.id)).code).toBe("declined");
  expect(web.company.org.groups.get(lab.id)).toBeDefined();
});
