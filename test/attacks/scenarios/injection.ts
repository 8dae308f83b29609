import assert from "node:assert/strict";
import type { Org } from "../../../sandbox/org.js";
import { brandArea } from "../../../sandbox/state/brand-store.js";
import { customDomainArea } from "../../../sandbox/state/custom-domain-store.js";
import { POLICIES } from "../../../sandbox/state/default-policies.js";
import { DEVICE_ASSURANCE } from "../../../sandbox/state/device-assurance.js";
import { emailDomainArea } from "../../../sandbox/state/email-domain-store.js";
import { hiddenIn } from "../../support/deceptive.js";
import { HOSTILE_TEXTS } from "../../support/hostile-org.js";
import { type Outcome, outcome } from "../../support/server-process.js";
import { type Call, declining, type Scenario } from "../attack.js";
import { ALL_SCOPES } from "../calls.js";
import { INJECTION } from "../promises.js";

const HARMLESS = "Harmless words";

/** Texts with characters that can do harm. Names of prototypes are among them as ordinary text. */
export const TEXTS = Object.entries(HOSTILE_TEXTS);

/** The places of the org where somebody may have typed a text, each with the call whose answer shows the text. */
const PLACES: { readonly [place: string]: (org: Org, text: string) => Call } = {
  "a user's name": (org, text) => [
    "get_user",
    { user_id: org.addUser({ profile: { firstName: text, lastName: text, displayName: text } }).id },
  ],
  "a group's name": (org, text) => ["get_group", { group_id: org.addGroup({ profile: { name: text } }).id }],
  "an attribute's name": (org, text) => [
    "get_group",
    { group_id: org.addGroup({ profile: { name: "x", [`x ${text}`]: text } }).id },
  ],
  "a member of a list": (org, text) => {
    const member = org.addUser({ profile: { firstName: text, lastName: "x", [`x ${text}`]: text } });
    const group = org.addGroup({ profile: { name: "x" } }, [member]);
    return ["list_group_users", { group_id: group.id }];
  },
  "two members of a list": (org, text) => {
    const members = ["a", "b"].map((lastName) =>
      org.addUser({ profile: { firstName: text, lastName, [`x ${text}`]: text } }),
    );
    return ["list_group_users", { group_id: org.addGroup({ profile: { name: "x" } }, members).id }];
  },
  "an app's label and notes": (org, text) => [
    "get_application",
    {
      app_id: org.addApp({
        label: text,
        signOnMode: "BOOKMARK",
        settings: { app: { url: text }, notes: { admin: text } },
      }).id,
    },
  ],
  "a policy's name": (org, text) => [
    "get_policy",
    { policy_id: org.area(POLICIES).add({ given: { type: "OKTA_SIGN_ON", name: text, description: text } }).id },
  ],
  "a rule's name": (org, text) => {
    const policies = org.area(POLICIES);
    const policy = policies.add({ given: { type: "OKTA_SIGN_ON", name: "x" } });
    policies.addRule(policy, { given: { type: "SIGN_ON", name: text } });
    return ["list_policy_rules", { policy_id: policy.id }];
  },
  "a device assurance policy": (org, text) => {
    const id = org.newId("dae");
    org.area(DEVICE_ASSURANCE).set(id, { id, name: text, platform: "MACOS", lastUpdatedBy: text } as never);
    return ["get_device_assurance_policy", { device_assurance_id: id }];
  },
  "a brand's name": (org, text) => ["get_brand", { brand_id: org.area(brandArea).add({ name: text }).id }],
  "a page's content": (org, text) => {
    const brand = org.area(brandArea).add({ name: "x" });
    org.area(brandArea).setPage(brand, "error", "customized", { pageContent: text });
    return ["get_customized_error_page", { brand_id: brand.id }];
  },
  "a custom domain": (org, text) => {
    const { id } = org.area(customDomainArea).add({ domain: text, brandId: "x", certificateSourceType: "MANUAL" });
    return ["get_custom_domain", { domain_id: id }];
  },
  "a sender of mails": (org, text) => {
    const sender = { brandId: "x", domain: text, displayName: text, userName: text };
    return ["get_email_domain", { email_domain_id: org.area(emailDomainArea).add(sender).id }];
  },
  "an event of the log": (org, text) => {
    org.forgetEvents();
    const party = { id: "00u0", type: text, alternateId: text, displayName: text, detailEntry: { [text]: text } };
    const client = { userAgent: null, zone: text, device: text, id: text, ipAddress: text, geographicalContext: null };
    org.log(
      { eventType: "x", displayMessage: text, outcome: { result: "FAILURE", reason: text } },
      { actor: party, client },
    );
    return ["get_logs", {}];
  },
  "an event of the log, whole": (org, text) => {
    org.forgetEvents();
    org.log({ eventType: "x", displayMessage: text, debugData: { [`x ${text}`]: text } });
    return ["get_logs", { full: true }];
  },
  "a failed sign-in": (org, text) => {
    org.forgetEvents();
    const party = { id: "00u0", type: "User", alternateId: text, displayName: text, detailEntry: null };
    const client = { userAgent: null, zone: text, device: text, id: text, ipAddress: text, geographicalContext: null };
    const failed = { result: "FAILURE", reason: text } as const;
    org.log({ eventType: "user.session.start", displayMessage: text, outcome: failed }, { actor: party, client });
    return ["get_login_failures", {}];
  },
};

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield key;
    yield* textsIn(inner);
  }
}

export function assertVisible(text: string, options: { lines?: boolean } = {}): void {
  const hidden = hiddenIn(text, options);
  assert.equal(hidden, undefined, `${hidden} stands in ${JSON.stringify(text.slice(0, 300))}`);
}

/** Checks that the answer's data hold the text unchanged, and that its text is one line with nothing hidden in it. */
const comesAsData = (text: string) => (seen: Outcome) => {
  assertVisible(seen.text);
  assert.ok(
    [...textsIn(seen.data)].some((one) => one.includes(text)),
    "the text is there, to the character",
  );
};

const stage = { scopes: ALL_SCOPES, seed: null };

const results: Scenario = {
  name: "texts of the org in results",
  promise: INJECTION,
  stage,
  async play(act) {
    const { org } = act.sandbox;
    for (const [place, arrange] of Object.entries(PLACES)) {
      await act.control(place, { call: arrange(org, HARMLESS), check: comesAsData(HARMLESS) });
      await act.attacks(TEXTS, ([kind, text]) => [
        `${place}: ${kind}`,
        { call: arrange(org, text), sees: "ok", check: comesAsData(text) },
      ]);
    }
    await act.attack("all that went to the client, line by line", {
      does: async () => outcome("ok"),
      sees: "ok",
      check: () => assertVisible(act.server.stdout(), { lines: true }),
    });
  },
};

/** A refusal whose messages from Okta hold the text. */
const refusal = (text: string) => ({
  errorCode: "E0000001",
  errorSummary: text,
  errorId: text,
  errorCauses: [{ errorSummary: text, reason: text }],
});

const errors: Scenario = {
  name: "texts of the org in errors",
  promise: INJECTION,
  stage,
  async play(act) {
    const answers: [string, number, string | RegExp, Call][] = [
      ["a refused read", 400, /groups/, ["list_groups", {}]],
      ["a refused change", 400, /users/, ["update_user", { user_id: act.userId, profile: { nickName: "x" } }]],
      ["a conflict", 409, /groups/, ["create_group", { profile: { name: "New" } }]],
      ["a forbidden read", 403, /apps/, ["list_applications", {}]],
      ["a breakdown", 500, /brands/, ["create_brand", { name: "New" }]],
    ];
    const meet = (status: number, path: string | RegExp, text: string, call: Call) => async () => {
      act.sandbox.next("*", path, { status, json: refusal(text), times: 9 });
      return act.server.call(...call);
    };
    for (const [what, status, path, call] of answers) {
      const codes = ["bad_input", "forbidden", "conflict", "okta_down", "not_found"];
      await act.control(what, {
        does: meet(status, path, HARMLESS, call),
        sees: codes,
        says: status < 500 ? /Harmless words/ : /./,
      });
      await act.attacks(TEXTS, ([kind, text]) => [
        `${what}: ${kind}`,
        {
          does: meet(status, path, text, call),
          sees: codes,
          reaches: null,
          check(seen) {
            assertVisible(seen.text, { lines: true });
            assert.ok(seen.text.length < 6_000, "it is capped");
            // The server wrote each line itself, even where the text has several lines.
            for (const line of seen.text.split("\n").slice(1)) assert.match(line, /^(?:Fix|Retry|Data): /);
          },
        },
      ]);
    }
  },
};

const { asked, person } = declining();

const questions: Scenario = {
  name: "texts of the org in questions to a person",
  promise: INJECTION,
  stage: {
    ...stage,
    person,
  },
  async play(act) {
    const { org } = act.sandbox;
    const removals: { [what: string]: (text: string) => Call } = {
      "a group to be deleted": (text) => ["delete_group", { group_id: org.addGroup({ profile: { name: text } }).id }],
      "a user to be deactivated": (text) => [
        "deactivate_user",
        { user_id: org.addUser({ profile: { firstName: text, lastName: text, login: "x@acme.example" } }).id },
      ],
      "an app to be deactivated": (text) => ["deactivate_application", { app_id: org.addApp({ label: text }).id }],
      "a policy to be deleted": (text) => [
        "delete_policy",
        { policy_id: org.area(POLICIES).add({ given: { type: "OKTA_SIGN_ON", name: text, description: text } }).id },
      ],
      "a setting that would be lost": (text) => [
        "update_group",
        {
          group_id: org.addGroup({ profile: { name: "x", [`x ${text}`]: text } }).id,
          profile: { name: "x" },
          allow_removals: true,
        },
      ],
    };
    for (const [what, arrange] of Object.entries(removals)) {
      await act.control(what, {
        call: arrange(HARMLESS),
        sees: "declined",
        check: () => assert.match(asked.at(-1) ?? "", /Harmless/),
      });
      await act.attacks(TEXTS, ([kind, text]) => [
        `${what}: ${kind}`,
        {
          call: arrange(text),
          sees: "declined",
          check(seen) {
            const message = asked.at(-1) ?? "";
            assertVisible(message, { lines: true });
            assertVisible(seen.text, { lines: true });
            const [first = "", ...details] = message.split("\n");
            assert.match(
              first,
              /^[^:]+: [a-z -]+ "[^"]*" \([^()]+\)$/,
              "the first line ends with the id that is meant",
            );
            for (const detail of details) assert.match(detail, /^- /, "every other line is a detail");
          },
        },
      ]);
    }
  },
};

export const injection: readonly Scenario[] = [results, errors, questions];
