import { describe, expect, test } from "vitest";
import { DEVICE_CLIENT_ID } from "../../sandbox/facts.js";
import { accepts, closesTheQuestion, connect, declines, type Person } from "../support/client.js";
import { PEERS } from "../support/peers.js";
import { signal } from "../support/signal.js";
import { nobody, oauthRequests } from "./support-sign-in.js";

/** A browser that only records the links that it was asked to open. */
function browser(works = true) {
  const opened: string[] = [];
  const openBrowser = (url: string) => {
    opened.push(url);
    return Promise.resolve(works);
  };
  return { opened, openBrowser };
}

describe.each(PEERS)("with nobody signed in, to a client of the sort %s", (peer) => {
  test("initialize and tools/list answer, and nothing is asked of anybody", async () => {
    const { opened, openBrowser } = browser();
    const { client, listed, sandbox, session, asked } = await nobody({ peer, openBrowser, links: accepts });
    expect(client.getServerVersion()).toMatchObject({ name: "okta-mcp" });
    expect(client.getInstructions()).toContain("data from the org");
    expect(await listed()).toContain("list_users");
    await session.restore();
    expect(sandbox.requests).toEqual([]);
    expect([opened, asked]).toEqual([[], []]);
  });

  test("a call that needs no org works", async () => {
    const { get, sandbox } = await nobody({ peer });
    await get("get_scope_status");
    expect(sandbox.requests).toEqual([]);
  });

  test("wrong arguments start no sign-in", async () => {
    const { call, sandbox } = await nobody({ peer });
    expect((await call("get_user", { user_id: ".." })).error?.code).toBe("bad_input");
    expect(sandbox.requests).toEqual([]);
  });
});

describe.each(PEERS)("a client of the sort %s that cannot show links", (peer) => {
  test("gets the link and the code at once, and finds the token later", async () => {
    const { opened, openBrowser } = browser();
    const { call, get, control, session, sandbox } = await nobody({ peer, openBrowser });
    const { error, text } = await call("list_users");
    const [code] = control.pendingUserCodes();
    expect(error).toMatchObject({ code: "sign_in_pending", data: { code } });
    expect(error?.data.link).toBe(opened[0]);
    expect(String(error?.data.link)).toContain(`user_code=${code}`);
    expect(Date.parse(String(error?.data.expires_at))).toBeGreaterThan(Date.now());
    expect(text).toContain("A browser was opened");
    expect(text).toContain(`the Okta org ${sandbox.origin} with the app ${DEVICE_CLIENT_ID} (client ID)`);
    expect(error?.data).toMatchObject({ org: sandbox.origin, client_id: DEVICE_CLIENT_ID });
    expect(text).toContain(String(code));

    const signedIn = new Promise<void>((resolve) => session.onChange(resolve));
    control.approve(String(code));
    await signedIn;
    expect((await get("list_users")).total_fetched).toBe(1);
    expect(opened).toHaveLength(1);
  });

  test("opens one browser and starts one sign-in for five calls at once, and for later ones", async () => {
    const { opened, openBrowser } = browser();
    const connected = await nobody({ peer, openBrowser });
    const { call, control } = connected;
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => call("list_users")));
    outcomes.push(await call("get_user", { user_id: "me" }));
    const links = new Set(outcomes.map(({ error }) => error?.data.link));
    expect(outcomes.map(({ error }) => error?.code)).toEqual(Array(6).fill("sign_in_pending"));
    expect(links.size).toBe(1);
    expect(opened).toHaveLength(1);
    expect(control.pendingUserCodes()).toHaveLength(1);
    expect(oauthRequests(connected, "/oauth2/v1/device/authorize")).toBe(1);
  });

  test.each([
    ["there is no browser", undefined],
    ["the browser does not start", () => Promise.resolve(false)],
    ["starting the browser fails", () => Promise.reject(new Error("spawn ENOENT"))],
  ])("says who has to open the link where %s", async (_, openBrowser) => {
    const { call } = await nobody({ peer, ...(openBrowser && { openBrowser }) });
    const { error, text } = await call("list_users");
    expect(error?.code).toBe("sign_in_pending");
    expect(text).toContain("A person has to open the link");
    expect(text).not.toContain("ENOENT");
  });

  test("starts anew after a sign-in was denied", async () => {
    const { call, control, session } = await nobody({ peer });
    const first = await call("list_users");
    const pending = await session.startSignIn();
    control.deny(String(first.error?.data.code));
    await expect(pending.done).rejects.toMatchObject({ code: "login_denied" });
    const second = await call("list_users");
    expect(second.error?.code).toBe("sign_in_pending");
    expect(second.error?.data.code).not.toBe(first.error?.data.code);
  });
});

describe.each(PEERS)("a client of the sort %s that shows links", (peer) => {
  test("shows the link with the code to expect, and the call goes on once the person has signed in", async () => {
    const { opened, openBrowser } = browser();
    const connected = await nobody({
      peer,
      openBrowser,
      links: (question) => {
        connected.control.approve(String(connected.control.pendingUserCodes()[0]));
        return accepts(question);
      },
    });
    const { get, asked, sandbox } = connected;
    expect((await get("list_users")).total_fetched).toBe(1);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      mode: "url",
      url: expect.stringContaining(`${sandbox.origin}/activate?user_code=`),
    });
    expect(asked[0]?.message).toMatch(/must show the code [A-Z0-9-]{8,}/);
    expect(asked[0]?.message).toContain(`the Okta org ${sandbox.origin} with the app ${DEVICE_CLIENT_ID} (client ID)`);
    expect(opened).toEqual([]);
  });

  test("asks about a removal once its person has signed in, and then makes it", async () => {
    const connected = await connect({
      peer,
      signIn: "device",
      links: (question) => {
        connected.control.approve(String(connected.control.pendingUserCodes()[0]));
        return accepts(question);
      },
      person: accepts,
    });
    const { call, org, asked, writes } = connected;
    const { id } = org.addGroup({ profile: { name: "Lab" } });
    expect((await call("delete_group", { group_id: id })).isError).toBe(false);
    expect(asked.map(({ message }) => message.split(/[ :]/)[0])).toEqual(["Sign", "Delete"]);
    expect(writes()).toHaveLength(1);
  });

  test.each([
    ["declines", declines],
    ["closes it", closesTheQuestion],
  ])("and a person who %s ends the sign-in for every call", async (_, links) => {
    const { call, control, sent } = await nobody({ peer, links });
    const outcomes = await Promise.all([call("list_users"), call("list_users")]);
    expect(outcomes.map(({ error }) => error?.code)).toEqual(["login_denied", "login_denied"]);
    expect(control.pendingUserCodes().length).toBeLessThanOrEqual(1);
    expect(sent()).toEqual([]);
    expect((await call("list_users")).error?.code).toBe("login_denied");
  });

  test("and a person who says no on Okta's page is told so", async () => {
    const connected = await nobody({
      peer,
      links: (question) => {
        connected.control.deny(String(connected.control.pendingUserCodes()[0]));
        return accepts(question);
      },
    });
    const { error } = await connected.call("list_users");
    expect(error?.code).toBe("login_denied");
  });

  test("does the same where the client waves the link away by itself, faster than a person can", async () => {
    const { opened, openBrowser } = browser();
    const nowMs = Date.now();
    const { call } = await nobody({
      peer,
      openBrowser,
      links: declines,
      fastestPersonMs: undefined,
      monotonicMs: () => 0,
      now: () => nowMs,
    });
    const { error } = await call("list_users");
    expect(error?.code).toBe("sign_in_pending");
    expect(opened).toEqual([error?.data.link]);
  });
});

describe("a client that shows links while the server holds its calls", () => {
  test("shows one link for calls at the same time, which all go on with one sign-in", async () => {
    const connected = await nobody({
      links: (question) => {
        connected.control.approve(String(connected.control.pendingUserCodes()[0]));
        return accepts(question);
      },
    });
    const lists = await Promise.all(Array.from({ length: 5 }, () => connected.get("list_users")));
    expect(lists.map(({ total_fetched }) => total_fetched)).toEqual([1, 1, 1, 1, 1]);
    expect(connected.asked).toHaveLength(1);
    expect(oauthRequests(connected, "/oauth2/v1/device/authorize")).toBe(1);
  });

  test("need not answer: a person who signs in by another way is enough", async () => {
    const connected = await nobody({
      links: () => {
        connected.control.approve(String(connected.control.pendingUserCodes()[0]));
        return new Promise<never>(() => {});
      },
    });
    expect((await connected.get("list_users")).total_fetched).toBe(1);
  });

  test("falls back to the browser and a prompt answer where showing the link fails", async () => {
    const { opened, openBrowser } = browser();
    const { call } = await nobody({ openBrowser, links: () => Promise.reject(new Error("no window")) });
    const { error, text } = await call("list_users");
    expect(error?.code).toBe("sign_in_pending");
    expect(opened).toEqual([error?.data.link]);
    expect(text).not.toContain("no window");
  });

  test("and a call that is cancelled meanwhile ends alone; the sign-in goes on", async () => {
    const shown = signal();
    const silent: Person = () => {
      shown.give();
      return new Promise<never>(() => {});
    };
    const { call, get, control, logSays } = await nobody({ links: silent });
    const stop = new AbortController();
    const cancelled = call("list_users", {}, { signal: stop.signal });
    const waiting = get("list_users");
    await shown.given;
    stop.abort("never mind");
    await expect(cancelled).rejects.toThrow();
    await logSays(/call failed tool=list_users error=cancelled/);
    control.approve(String(control.pendingUserCodes()[0]));
    expect((await waiting).total_fetched).toBe(1);
  });
});

describe.each(PEERS)("a link that leads elsewhere than to the org, to a client of the sort %s", (peer) => {
  test("is told with a warning, and neither opened nor shown to be clicked", async () => {
    const { opened, openBrowser } = browser();
    const connected = await nobody({ peer, openBrowser, links: accepts, person: accepts });
    const { call, get, sandbox, asked, control, session } = connected;
    const link = "https://acme-okta.example/activate?user_code=";
    sandbox.next("POST", "/oauth2/v1/device/authorize", {
      rewrite: (reply) => ({ ...reply, json: { ...(reply.json as object), verification_uri_complete: link } }),
    });
    for (const _ of ["the first call", "one that finds it pending"]) {
      const { error, text } = await call("list_users");
      expect(error?.code).toBe("sign_in_pending");
      expect(text).toContain(link);
      expect(text).toContain("leads to https://acme-okta.example, which is not the address of the org");
      expect(error?.fix).toContain("this warning");
      expect(error?.data).toMatchObject({ link, foreign_origin: "https://acme-okta.example", org: sandbox.origin });
    }
    expect([opened, asked]).toEqual([[], []]);
    // A person who knows that the address belongs to the org can still approve the sign-in.
    const signedIn = new Promise<void>((resolve) => session.onChange(resolve));
    control.approve(String(control.pendingUserCodes()[0]));
    await signedIn;
    expect((await get("list_users")).total_fetched).toBe(1);
  });
});

describe.each(PEERS)("a sign-in that cannot be, for a client of the sort %s", (peer) => {
  test("is not tried where the method has no person", async () => {
    const { opened, openBrowser } = browser();
    const { call, control } = await connect({ peer, scopes: ["okta.users.read"], openBrowser, links: accepts });
    control.revokeEverything();
    const { error } = await call("list_users");
    expect(error?.code).toBe("session_ended");
    expect([control.pendingUserCodes(), opened]).toEqual([[], []]);
  });

  test("starts again where the earlier one has ended", async () => {
    const { call, get, control, session } = await nobody({ peer });
    control.autoApprove(true);
    const signedIn = new Promise<void>((resolve) => session.onChange(resolve));
    await call("list_users");
    await signedIn;
    await get("list_users");
    control.autoApprove(false);
    control.revokeEverything();
    expect((await call("list_users")).error?.code).toMatch(/^(session_ended|sign_in_pending)$/);
    expect((await call("list_users")).error?.code).toBe("sign_in_pending");
    expect(control.pendingUserCodes()).toHaveLength(1);
  });
});
