import assert from "node:assert/strict";
import type { Outcome } from "../../support/server-process.js";
import type { Act, Scenario } from "../scenario.js";
import { accountFor, CREATE, READ } from "./calls.js";
import { together } from "./rate-limits.js";

const TOKEN = "/oauth2/v1/token";

/** Signs in, so that the following fault happens in the middle of a session. */
async function signIn(act: Act): Promise<void> {
  const { sees, message } = await READ.call(act);
  assert.equal(sees, "ok", message);
}

const created = (act: Act) => (outcome: Outcome) => accountFor(CREATE, act, outcome);

export const signIns: Scenario[] = [
  {
    name: "a token that expires in mid-session",
    stage: { signIn: "device" },
    async play(act) {
      const { control } = act.sandbox.authorization;
      await signIn(act);
      control.expireAccessTokens();
      await act.line("a one-time write", { sees: "ok", reached: "2 POST, 1 token", check: created(act) }, () =>
        CREATE.call(act),
      );
      control.expireAccessTokens();
      await act.line("50 reads at once, one renewal", { sees: "ok", reached: /^\d+ GET, 1 token$/ }, async () =>
        together(await Promise.all(Array.from({ length: 50 }, () => READ.call(act)))),
      );
    },
  },
  {
    name: "a token revoked in mid-session",
    stage: { signIn: "device" },
    async play(act) {
      await signIn(act);
      act.sandbox.authorization.control.revokeEverything();
      // The next call starts a new sign-in.
      await act.line(
        "",
        { sees: "session_ended", says: /sign in/i, reached: "1 POST, 1 token", check: created(act) },
        () => CREATE.call(act),
      );
    },
  },
  {
    name: "a token narrowed in mid-session",
    stage: { signIn: "device" },
    async play(act) {
      const { control } = act.sandbox.authorization;
      await signIn(act);
      control.grantOnly(["okta.groups.read"]);
      control.expireAccessTokens();
      const check = async (outcome: Outcome) => {
        await accountFor(CREATE, act, outcome);
        assert.equal(CREATE.done?.(act), 0, "nothing was done");
        assert.ok(act.server.listChanges() > 0, "the client is told that the list of tools has changed");
        const { tools } = await act.server.client.listTools();
        assert.ok(!tools.some(({ name }) => name === "create_group"), "the tool has left the list");
      };
      await act.line(
        "",
        { sees: "missing_scope", says: /okta\.groups\.manage/, reached: "2 POST, 1 token", check },
        () => CREATE.call(act),
      );
    },
  },
  {
    name: "a refresh that Okta refuses",
    stage: { signIn: "device" },
    async play(act) {
      const { control } = act.sandbox.authorization;
      await signIn(act);
      control.refuseRefresh(true);
      control.expireAccessTokens();
      await act.line(
        "",
        { sees: "session_ended", says: /sign in/i, reached: "1 POST, 1 token", check: created(act) },
        () => CREATE.call(act),
      );
    },
  },
  {
    name: "a refresh that meets 503",
    stage: { signIn: "device" },
    async play(act) {
      await signIn(act);
      act.sandbox.authorization.control.expireAccessTokens();
      act.sandbox.next("POST", TOKEN, { status: 503, times: 3 });
      await act.line(
        "the sign-in is kept",
        { sees: "okta_down", reached: "1 POST, 3 token", check: created(act) },
        () => CREATE.call(act),
      );
    },
  },
  {
    name: "a refresh that is cut off before it is done",
    stage: { signIn: "device" },
    async play(act) {
      await signIn(act);
      act.sandbox.authorization.control.expireAccessTokens();
      act.sandbox.next("POST", TOKEN, { fault: "reset" });
      await act.line("", { sees: "ok", reached: "2 POST, 2 token", check: created(act) }, () => CREATE.call(act));
    },
  },
  {
    name: "a refresh that nobody answers",
    stage: { signIn: "device" },
    slow: true,
    async play(act) {
      await signIn(act);
      act.sandbox.authorization.control.expireAccessTokens();
      act.sandbox.next("POST", TOKEN, { fault: "hang" });
      await act.line(
        "",
        { sees: "unreachable", says: /sign-in is kept/, reached: "1 POST, 1 token", check: created(act) },
        () => CREATE.call(act),
      );
    },
  },
  {
    name: "a sign-in page of the network in place of Okta's sign-in",
    stage: { signIn: "key" },
    async play(act) {
      act.sandbox.next("POST", TOKEN, { fault: "html" });
      await act.line("", { sees: "unreachable", says: /OKTA_ORG_URL/, reached: "1 token" }, () => READ.call(act));
    },
  },
  {
    name: "a service app whose token is revoked",
    stage: { signIn: "key" },
    async play(act) {
      await signIn(act);
      act.sandbox.authorization.control.revokeEverything();
      await act.line("it gets another", { sees: "ok", reached: "2 POST, 1 token", check: created(act) }, () =>
        CREATE.call(act),
      );
    },
  },
  ...(["expired", "revoked"] as const).map(
    (how): Scenario => ({
      name: `a given token that is ${how}`,
      async play(act) {
        const { control } = act.sandbox.authorization;
        await signIn(act);
        if (how === "expired") control.expireAccessTokens();
        else control.revokeEverything();
        const over = { sees: "session_ended", says: /OKTA_ACCESS_TOKEN/, next: "session_ended" };
        await act.line("", { ...over, reached: "1 POST", check: created(act) }, () => CREATE.call(act));
        await act.line("later calls send nothing", { ...over, reached: "nothing" }, () => READ.call(act));
      },
    }),
  ),
];
