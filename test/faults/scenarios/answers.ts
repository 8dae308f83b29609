import assert from "node:assert/strict";
import type { Fault } from "../../../sandbox/fault.js";
import type { Outcome } from "../../support/server-process.js";
import type { Expected, Scenario } from "../scenario.js";
import { accountFor, CREATE, type Kind, lastChange, READ, REPLACE } from "./calls.js";

/** Returns the answer that Okta gives for an outage with this status. */
const okta = (status: number) => ({
  status,
  json: {
    errorCode: "E0000009",
    errorSummary: "Internal Server Error",
    errorLink: "E0000009",
    errorId: "",
    errorCauses: [],
  },
});

type Seen = Pick<Expected, "sees" | "says"> & { attempts: number };
const OK_AT_ONCE: Seen = { sees: "ok", attempts: 1 };
const OK_ON_SECOND: Seen = { sees: "ok", attempts: 2 };
const DOUBT = /may have been made all the same\. Look at the object first/;

/**
 * One fault that happens once. `repeatable` is the result of a call that may be repeated. `once` is that of any other.
 */
interface AnswerFault {
  name: string;
  fault: Fault;
  repeatable: Seen;
  once: Seen;
  /** The kinds of calls to play. The default is all. */
  kinds?: Kind[];
  slow?: boolean;
}

const down: Seen = { sees: "okta_down", attempts: 1, says: DOUBT };
const unreachable: Seen = { sees: "unreachable", attempts: 1, says: DOUBT };
/** Another server answered in the org's place, so a second attempt would get the same answer. */
const stranger: Seen = { sees: "unreachable", attempts: 1, says: /OKTA_ORG_URL/ };

const passing = (name: string, fault: Fault, once: Seen): AnswerFault => ({
  name,
  fault,
  repeatable: OK_ON_SECOND,
  once,
});

const FAULTS: AnswerFault[] = [
  passing("500", okta(500), down),
  passing("502 with a gateway's page", { status: 502, text: "<html>Bad Gateway</html>" }, down),
  passing("503", okta(503), down),
  passing("504, though it was done", { ...okta(504), performed: true }, down),
  passing("reset in the headers", { fault: "reset" }, unreachable),
  passing("reset in the headers, though it was done", { fault: "reset", performed: true }, unreachable),
  passing("reset in the body", { fault: "reset-body" }, unreachable),
  passing("truncated JSON", { fault: "truncate" }, down),
  passing("malformed JSON", { fault: "malformed" }, down),
  { name: "HTML with status 200", fault: { fault: "html" }, repeatable: stranger, once: stranger },
  {
    name: "a wrong content type",
    fault: { fault: "content-type", contentType: "text/plain" },
    repeatable: OK_AT_ONCE,
    once: OK_AT_ONCE,
  },
  {
    name: "an empty body",
    fault: { fault: "empty", performed: true },
    repeatable: OK_ON_SECOND,
    // Okta answers many writes with an empty body. The status already says that the write was done.
    once: OK_AT_ONCE,
    kinds: [READ, CREATE],
  },
  {
    name: "a redirect to another host",
    fault: { fault: "redirect", location: "https://elsewhere.example/api/v1/groups" },
    repeatable: stranger,
    once: stranger,
  },
  {
    name: "a slow answer",
    fault: { fault: "slow-drip", intervalMs: 5, bytes: 16 },
    repeatable: OK_AT_ONCE,
    once: OK_AT_ONCE,
  },
];

const HANG: AnswerFault = {
  ...passing("no answer at all", { fault: "hang", performed: true }, unreachable),
  slow: true,
};
const DRIP: AnswerFault = {
  ...passing("an answer that drips without end", { fault: "slow-drip", intervalMs: 1000 }, unreachable),
  slow: true,
};

function scenario({
  name,
  fault,
  repeatable,
  once,
  kinds = [READ, REPLACE, CREATE],
  slow = false,
}: AnswerFault): Scenario {
  return {
    name,
    slow,
    async play(act) {
      for (const kind of kinds) {
        act.sandbox.next(kind.method, kind.path, fault);
        const { attempts, ...seen } = kind === CREATE ? once : repeatable;
        const expected: Expected = {
          ...seen,
          reached: `${attempts} ${kind.method}`,
          check: (outcome) => accountFor(kind, act, outcome),
        };
        await act.line(kind.name, expected, () => kind.call(act));
      }
    },
  };
}

/** Each kind takes a minute. So each gets a stage of its own, and all run at the same time. */
const oneByOne = (fault: AnswerFault): Scenario[] =>
  [READ, REPLACE, CREATE].map((kind) => scenario({ ...fault, kinds: [kind] }));

/** The scenarios in which the answer is not one of Okta's, or does not come. */
export const answers: Scenario[] = [
  ...FAULTS.map(scenario),
  ...oneByOne(HANG),
  ...oneByOne(DRIP),
  {
    name: "503 without end",
    async play(act) {
      for (const kind of [READ, REPLACE]) {
        act.sandbox.next(kind.method, kind.path, { ...okta(503), times: 4 });
        const check = (outcome: Outcome) => accountFor(kind, act, outcome);
        await act.line(kind.name, { sees: "okta_down", reached: `4 ${kind.method}`, check }, () => kind.call(act));
      }
    },
  },
  {
    name: "503 that asks for ten minutes",
    async play(act) {
      act.sandbox.next("GET", READ.path, { ...okta(503), headers: { "Retry-After": "600" } });
      const check = ({ retryAfterSeconds }: { retryAfterSeconds: number | undefined }) =>
        assert.equal(retryAfterSeconds, 600);
      await act.line(READ.name, { sees: "okta_down", reached: "1 GET", check }, () => READ.call(act));
    },
  },
  {
    name: "connection refused",
    stage: { signIn: "key" },
    async play(act) {
      assert.equal((await READ.call(act)).sees, "ok", "the service app signs in");
      for (const kind of [READ, REPLACE, CREATE]) {
        await act.sandbox.close();
        const check = (outcome: Outcome) => accountFor(kind, act, outcome);
        const refused = async () => {
          const outcome = await kind.call(act);
          await act.reopen();
          return outcome;
        };
        await act.line(
          kind.name,
          { sees: "unreachable", says: /after 4 attempts: connection refused/, reached: "nothing", check },
          refused,
        );
      }
    },
  },
  {
    name: "the deletion of a user whose answer is lost",
    async play(act) {
      const user = act.sandbox.org.users.get(act.userId);
      assert.ok(user);
      assert.equal((await act.server.call("deactivate_user", { user_id: user.id })).sees, "ok");
      act.sandbox.next("DELETE", "/api/v1/users/{id}", { fault: "reset", performed: true });
      const check = async () => {
        assert.equal(act.sandbox.org.users.get(user.id), undefined, "the user is deleted");
        assert.equal(await lastChange(act), "unknown", "the journal does not know");
      };
      await act.line("", { sees: "unreachable", says: DOUBT, reached: "1 DELETE", check }, () =>
        act.server.call("delete_deactivated_user", { user_id: user.id }),
      );
    },
  },
  {
    name: "the deletion of a group whose answer is lost",
    async play(act) {
      act.sandbox.next("DELETE", "/api/v1/groups/{id}", { fault: "reset", performed: true });
      const check = async () => {
        assert.equal(act.sandbox.org.groups.get(act.groupId), undefined, "the group is deleted");
        assert.equal(await lastChange(act), "done", "the journal has it as done");
      };
      await act.line("is made sure of by another attempt", { sees: "ok", reached: "2 DELETE", check }, () =>
        act.server.call("delete_group", { group_id: act.groupId }),
      );
    },
  },
  {
    name: "a cancelled call",
    async play(act) {
      for (const kind of [READ, CREATE]) {
        act.sandbox.next(kind.method, kind.path, { fault: "hang" });
        const arrived = act.sandbox.arrival(kind.method, kind.path);
        const controller = new AbortController();
        const check = async () => {
          assert.equal(await lastChange(act), kind === READ ? "none" : "unknown", "what the journal says");
        };
        await act.line(kind.name, { sees: "cancelled", reached: `1 ${kind.method}`, check }, async () => {
          const name = kind === READ ? "list_groups" : "create_group";
          const args = kind === READ ? {} : { profile: { name: "Cancelled" } };
          const outcome = act.server.call(name, args, { signal: controller.signal });
          await arrived;
          controller.abort("no longer wanted");
          return outcome;
        });
      }
    },
  },
];
