import assert from "node:assert/strict";
import { inKeyringSession, KEYRING_PROGRAMS, type KeyringState, quoteForBash } from "../../support/keyring-session.js";
import { missingHere } from "../../support/programs.js";
import type { Scenario } from "../scenario.js";
import { READ } from "./calls.js";

const lacks = () => missingHere(...KEYRING_PROGRAMS);

const STATES: KeyringState[] = ["absent", "locked", "stuck"];

const inState = (state: KeyringState, store: "auto" | "keychain") => ({
  signIn: "device" as const,
  env: { OKTA_MCP_TOKEN_STORE: store },
  wrap: (command: readonly string[]) => inKeyringSession(state, command.map(quoteForBash).join(" ")),
});

export const keychains: Scenario[] = STATES.flatMap((state): Scenario[] => [
  {
    name: `a keychain that is ${state}`,
    stage: inState(state, "auto"),
    lacks,
    async play(act) {
      const check = () =>
        assert.match(
          act.server.stderr(),
          /keychain cannot be used.*memory.*OKTA_MCP_TOKEN_STORE=file/s,
          "a warning names the way out",
        );
      await act.line("the sign-in lives in memory", { sees: "ok", reached: /^1 sign-in, 1 token, 1 GET$/, check }, () =>
        READ.call(act),
      );
    },
  },
  {
    name: `a keychain that is ${state}, chosen on purpose`,
    stage: inState(state, "keychain"),
    lacks,
    async play(act) {
      const expected = { sees: "bad_config", says: /OKTA_MCP_TOKEN_STORE/, reached: "nothing", next: "bad_config" };
      await act.line("", expected, () => READ.call(act));
    },
  },
]);
