import assert from "node:assert/strict";
import { DEVICE_ASSURANCE } from "../../../sandbox/state/device-assurance.js";
import { person } from "../../support/sandbox.js";
import { type Json, outcome } from "../../support/server-process.js";
import { secret } from "../../support/sightings.js";
import { type Act, type Call, declining, runCommand, type Scenario } from "../attack.js";
import { ALL_SCOPES, lastChangeId } from "../calls.js";
import { PERSONAL_DATA } from "../promises.js";

const SSN = secret("Ssn");
const PHONE = secret("Phone");
const HIDDEN = [SSN, PHONE];

const guard = () => ({ mask: ["mobilePhone", "profile.ssn", "osVersion.minimum"], omit: ["personalNotes"] });

const stage = { scopes: ALL_SCOPES, guard, env: { OKTA_MCP_CONFIRM: "never", OKTA_LOG_LEVEL: "trace" } };

function someone(act: Act, login: string) {
  const { org } = act.sandbox;
  for (const name of ["ssn", "personalNotes"]) org.customAttributes.set(name, { type: "string", title: name });
  return org.addUser({
    profile: { ...person(login), nickName: "Harmless words", mobilePhone: PHONE, ssn: SSN, personalNotes: SSN },
  });
}

const results: Scenario = {
  name: "hidden attributes in results, errors, previews, journal and log",
  promise: PERSONAL_DATA,
  stage,
  async play(act) {
    const user = someone(act, "ada");
    const { org } = act.sandbox;
    const group = org.addGroup({ profile: { name: "Lab" } }, [user]);
    await act.control("what is not hidden is shown", {
      call: ["get_user", { user_id: user.id }],
      says: /Harmless words/,
      never: HIDDEN,
    });
    const user_id = user.id;
    const reads: Call[] = [
      ["get_user", { user_id }],
      ["get_user", { user_id, fields: ["profile.ssn"] }],
      ["get_user", { user_id, fields: ["profile.ssn", "profile.mobilePhone", "profile.personalNotes"] }],
      ["get_user", { user_id, fields: ["profile"] }],
      ["get_user", { user_id, include_links: true }],
      ["list_users", {}],
      ["list_users", { fields: ["id", "profile.mobilePhone"] }],
      ["list_group_users", { group_id: group.id }],
      ["list_users", { q: "ada" }],
    ];
    await act.attacks(reads, (call) => [
      JSON.stringify(call).replace(user_id, "ID"),
      { call, sees: "ok", never: HIDDEN },
    ]);
    const writes: Call[] = [
      ["update_user", { user_id, profile: { nickName: "x" }, dry_run: true }],
      ["update_user", { user_id, profile: { mobilePhone: PHONE }, dry_run: true }],
      ["update_user", { user_id, profile: { nickName: "x" } }],
      ["add_user_to_group", { user_id, group_id: group.id }],
      ["deactivate_user", { user_id, dry_run: true }],
      ["deactivate_user", { user_id }],
      ["delete_deactivated_user", { user_id, dry_run: true }],
      ["list_changes", {}],
    ];
    for (const call of writes) {
      await act.attack(JSON.stringify(call).replace(user_id, "ID").slice(0, 90), {
        call,
        sees: "ok",
        reaches: null,
        never: HIDDEN,
      });
    }
    const change_id = await lastChangeId(act);
    await act.attack("a change of the journal, whole", {
      call: ["get_change", { change_id }],
      sees: "ok",
      never: HIDDEN,
    });
    for (const status of [400, 403, 409, 500]) {
      const other = someone(act, `e${status}`);
      act.sandbox.next("POST", `/api/v1/users/${other.id}`, {
        status,
        json: { errorCode: "E0000001", errorSummary: `${PHONE} is no phone of ${SSN}`, errorCauses: [] },
      });
      await act.attack(`an error (${status}) of Okta that repeats them`, {
        call: ["update_user", { user_id: other.id, profile: { mobilePhone: PHONE, ssn: SSN } }],
        sees: ["bad_input", "forbidden", "conflict", "okta_down"],
        reaches: null,
        never: HIDDEN,
      });
    }
    const commands = [["list_users"], ["list_users", "--wide"], ["get_user", "--arg", `user_id=${act.userId}`]];
    await act.attacks(commands, (command) => [
      `a terminal: ${command.join(" ")}`,
      {
        does: () => runCommand(act, ["call", ...command]),
        sees: "0",
        never: HIDDEN,
      },
    ]);
  },
};

const searches: Scenario = {
  name: "hidden attributes as something to search, sort and filter by",
  promise: PERSONAL_DATA,
  stage,
  async play(act) {
    someone(act, "ada");
    const search = (expression: string): Call => ["list_users", { search: expression }];
    await act.control("another attribute is searched by", { call: search('profile.nickName sw "H"') });
    const expressions = [
      ...[
        'profile.ssn sw "0"',
        'profile.SSN eq "x"',
        "PROFILE.ssn pr",
        'profile.mobilePhone gt "+47"',
        "mobilePhone pr",
      ],
      ...[
        '(profile.ssn sw "0")',
        'not (profile.ssn eq "x")',
        'status eq "ACTIVE" and profile.ssn pr',
        'profile.ssn\teq "x"',
      ],
      ...[
        'profile.personalNotes co "x"',
        "profile.login pr or profile.mobilePhone pr",
        'profile.ssn eq"x"',
        "profile.ssn",
      ],
    ];
    await act.attacks(expressions, (expression) => [
      `search ${expression}`,
      {
        call: search(expression),
        sees: "protected",
        check: () => assert.deepEqual(act.requests(), [], "nothing is sent"),
      },
    ]);
    await act.attacks(expressions, (expression) => [
      `count_only with search ${expression}`,
      {
        call: ["list_users", { search: expression, count_only: true }],
        sees: "protected",
        check: () => assert.deepEqual(act.requests(), []),
      },
    ]);
    const more: Call[] = [
      ["list_users", { filter: 'profile.ssn eq "x"' }],
      ["list_users", { search: "profile.login pr", sort_by: "profile.ssn" }],
      ["list_users", { search: "profile.login pr", sort_by: "profile.mobilePhone", sort_order: "desc" }],
      ["list_users", { filter: "mobilePhone pr", fetch_all: true }],
      ["list_groups", { search: 'profile.ssn eq "x"' }],
      ["list_groups", { search: "profile.name pr", sort_by: "profile.ssn" }],
      ["get_logs", { filter: 'profile.ssn eq "x"' }],
    ];
    await act.attacks(more, (call) => [
      JSON.stringify(call),
      { call, sees: "protected", check: () => assert.deepEqual(act.requests(), []) },
    ]);
  },
};

/** The difference that a preview shows, without the values in it. */
const told = (data: Json) => JSON.stringify(data.difference).replaceAll(/Zq9[^"]*/g, "");

/** A preview has to answer a right guess and a wrong one alike. */
const guesses: Scenario = {
  name: "guesses of hidden values",
  promise: PERSONAL_DATA,
  stage,
  async play(act) {
    const { org } = act.sandbox;
    const user_id = someone(act, "ada").id;
    const preview = (profile: Json) => act.server.call("update_user", { user_id, profile, dry_run: true });
    await act.control("of an attribute that is not hidden, a preview tells what changes", {
      async does() {
        const [same, other] = [await preview({ nickName: "Harmless words" }), await preview({ nickName: "x" })];
        return outcome(String(told(same.data) !== told(other.data)), { text: `${same.text} ${other.text}` });
      },
      sees: "true",
    });
    const pairs: [string, Json, Json][] = [
      ["mobilePhone", { mobilePhone: PHONE }, { mobilePhone: "+47 1" }],
      ["ssn", { ssn: SSN }, { ssn: "1" }],
      ["personalNotes", { personalNotes: SSN }, { personalNotes: "1" }],
      ["mobilePhone beside another", { mobilePhone: PHONE, nickName: "x" }, { mobilePhone: "+47 1", nickName: "x" }],
      ["both", { mobilePhone: PHONE, ssn: SSN }, { mobilePhone: "1", ssn: "1" }],
    ];
    await act.attacks(pairs, ([what, right, wrong]) => [
      `a preview with the right ${what}`,
      {
        async does() {
          const [hit, miss] = [await preview(right), await preview(wrong)];
          assert.equal(hit.sees, miss.sees);
          assert.equal(told(hit.data), told(miss.data), "a right guess is told from a wrong one");
          return outcome("ok", { text: hit.text + miss.text });
        },
        sees: "ok",
      },
    ]);
    for (const [index, minimum] of ["12.0.0", "13.0.0", "14.0.0"].entries()) {
      const id = org.newId("dae");
      org.area(DEVICE_ASSURANCE).set(id, { id, name: `A${index}`, platform: "MACOS", osVersion: { minimum } } as never);
    }
    const thresholds = ["11.0.0", "12.0.0", "12.5.0", "13.0.0", "13.5.0", "14.0.0", "15.0.0"];
    const answers = new Set<string>();
    await act.attacks(thresholds, (version_threshold) => [
      `version_threshold ${version_threshold} against hidden versions`,
      {
        async does() {
          const { sees, text } = await act.server.call("list_device_assurance_policies", { version_threshold });
          answers.add(sees === "ok" ? text.replaceAll(version_threshold, "V") : sees);
          assert.equal(answers.size, 1, "the answer follows from the hidden versions");
          return outcome("ok");
        },
        sees: "ok",
      },
    ]);
  },
};

const { asked, person: declines } = declining();

const questions: Scenario = {
  name: "hidden attributes in questions to a person",
  promise: PERSONAL_DATA,
  stage: {
    scopes: ALL_SCOPES,
    guard: () => ({ mask: ["lastName", "login", "label", "description"], omit: ["costCenter"] }),
    person: declines,
  },
  async play(act) {
    const { org } = act.sandbox;
    const [name, login, label, text] = ["Name", "Login", "Label", "Text"].map((one) => secret(one)) as [
      string,
      string,
      string,
      string,
    ];
    const secrets = [name, login, label, text];
    org.groupAttributes.set("costCenter", { type: "string", title: "x" });
    const user = org.addUser({ profile: { ...person("x"), firstName: "Harmless", lastName: name, login } });
    const group = org.addGroup({ profile: { name: "Lab", description: text, costCenter: text } }, [user]);
    await act.control("the question says what is not hidden", {
      call: ["deactivate_user", { user_id: user.id }],
      sees: "declined",
      check: () => assert.match(asked.at(-1) ?? "", /Harmless/),
    });
    const calls: Call[] = [
      ["deactivate_user", { user_id: user.id }],
      ["remove_user_from_group", { user_id: user.id, group_id: group.id }],
      ["delete_group", { group_id: group.id }],
      ["deactivate_application", { app_id: org.addApp({ label, signOnMode: "BOOKMARK" }).id }],
      ["update_group", { group_id: group.id, profile: { name: "Lab" }, allow_removals: true }],
      ["update_user", { user_id: user.id, credentials: { password: { value: "correct horse 3" } } }],
    ];
    await act.attacks(calls, (call) => [
      JSON.stringify(call).slice(0, 60),
      {
        call,
        sees: ["declined", "protected", "ok"],
        // A full replace keeps the values that the sender could not see, so it may go through and nothing is lost.
        reaches: call[0] === "update_group" ? /^(?:PUT \S+)?$/ : [],
        never: secrets,
        check: () => assert.ok(!secrets.some((one) => (asked.at(-1) ?? "").includes(one))),
      },
    ]);
  },
};

export const hiding: readonly Scenario[] = [results, searches, guesses, questions];
