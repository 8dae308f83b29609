import { describe, expect, test } from "vitest";
import { accepts } from "../support/client.js";
import { PEERS, repeatsCalls } from "../support/peers.js";
import { nobody, oauthRequests } from "./support-sign-in.js";

// Each of these calls ends with the link, and goes on when it is made again.
describe.each(PEERS.filter(repeatsCalls))("a client of the sort %s that shows links between two requests", (peer) => {
  test("is given one link for calls at the same time, which all go on with one sign-in", async () => {
    const connected = await nobody({
      peer,
      links: (question) => {
        for (const code of connected.control.pendingUserCodes()) connected.control.approve(code);
        return accepts(question);
      },
    });
    const lists = await Promise.all(Array.from({ length: 5 }, () => connected.get("list_users")));
    expect(lists.map(({ total_fetched }) => total_fetched)).toEqual([1, 1, 1, 1, 1]);
    expect(new Set(connected.asked.map((question) => "url" in question && question.url)).size).toBe(1);
    expect(oauthRequests(connected, "/oauth2/v1/device/authorize")).toBe(1);
  });

  test("goes on after a yes that came later than the sign-in", async () => {
    const connected = await nobody({
      peer,
      links: async (question) => {
        const signedIn = new Promise<void>((resolve) => connected.session.onChange(resolve));
        connected.control.approve(String(connected.control.pendingUserCodes()[0]));
        await signedIn;
        return accepts(question);
      },
    });
    expect((await connected.get("list_users")).total_fetched).toBe(1);
    expect(connected.asked).toHaveLength(1);
  });

  test("is told where a person said no on Okta's page before the answer, and is not asked anew", async () => {
    const connected = await nobody({
      peer,
      links: async (question) => {
        const pending = await connected.session.startSignIn();
        connected.control.deny(pending.userCode);
        await pending.done.catch(() => undefined);
        return accepts(question);
      },
    });
    expect((await connected.call("list_users")).error?.code).toBe("login_denied");
    expect(connected.asked).toHaveLength(1);
    expect(oauthRequests(connected, "/oauth2/v1/device/authorize")).toBe(1);
    // The next call is another one, and begins anew.
    expect((await connected.call("list_users")).error?.code).toBe("login_denied");
    expect(connected.asked).toHaveLength(2);
  });

  test("gets the link as text where the person takes longer than a client waits, and the sign-in goes on", async () => {
    const opened: string[] = [];
    const openBrowser = async (url: string) => opened.push(url) > 0;
    const connected = await nobody({ peer, links: accepts, openBrowser, signInWaitMs: 1 });
    const { call, get, control, session } = connected;
    const { error, text } = await call("list_users");
    expect(text).toContain("The person has the link");
    // The person has the page before them, and a second one would be in the way.
    expect(opened).toEqual([]);
    expect(error).toMatchObject({ code: "sign_in_pending", data: { code: control.pendingUserCodes()[0] } });
    const signedIn = new Promise<void>((resolve) => session.onChange(resolve));
    control.approve(String(control.pendingUserCodes()[0]));
    await signedIn;
    expect((await get("list_users")).total_fetched).toBe(1);
    expect(connected.asked).toHaveLength(1);
  });

  test("keeps the sign-in where showing the link fails", async () => {
    const { call, control } = await nobody({ peer, links: () => Promise.reject(new Error("no window")) });
    await expect(call("list_users")).rejects.toThrow("no window");
    expect(control.pendingUserCodes()).toHaveLength(1);
  });

  test("ends one call alone where it cancels one that waits for the sign-in", async () => {
    const { call, get, control, logSays, sandbox, wire } = await nobody({ peer, links: accepts });
    const stop = new AbortController();
    const cancelled = call("list_users", {}, { signal: stop.signal });
    const waiting = get("list_users");
    const calls = () => wire.toServer.filter((message) => "method" in message && message.method === "tools/call");
    // Two calls and their second requests.
    while (calls().length < 4) await sandbox.arrival("POST", "/oauth2/v1/token");
    stop.abort("never mind");
    await expect(cancelled).rejects.toThrow();
    await logSays(/call failed tool=list_users error=cancelled/);
    control.approve(String(control.pendingUserCodes()[0]));
    expect((await waiting).total_fetched).toBe(1);
  });
});
