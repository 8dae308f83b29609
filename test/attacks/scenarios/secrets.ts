import assert from "node:assert/strict";
import { newKeyPair } from "../../../src/checks/key-pair.js";
import { person } from "../../support/sandbox.js";
import type { Json } from "../../support/server-process.js";
import { linesOfPem, secret } from "../../support/sightings.js";
import { type Act, type Call, type Scenario, seenAnywhere } from "../attack.js";
import { ALL_SCOPES } from "../calls.js";
import { SECRETS } from "../promises.js";

/** Names under which Okta, its apps and other programs keep secrets. */
const NAMES: readonly string[] = [
  ...["client_secret", "clientSecret", "sharedSecret", "shared_secret", "secretKey", "secret", "secretAccessKey"],
  ...[
    "apiKey",
    "api_key",
    "apiToken",
    "accessToken",
    "access_token",
    "refreshToken",
    "refresh_token",
    "idToken",
    "id_token",
  ],
  ...["sessionToken", "stateToken", "activationToken", "recoveryToken", "securityToken", "authToken", "bearerToken"],
  ...["consumerSecret", "signingSecret", "passphrase", "privateKey", "private_key", "client_assertion", "passCode"],
  ...[
    "password",
    "passwordHash",
    "newPassword",
    "adminPassword",
    "tokenValue",
    "token",
    "device_secret",
    "SECRET",
    "ApiToken",
  ],
  ...[
    "x_api_key",
    "webhookSecret",
    "encryptionKeySecret",
    "AccessToken",
    "appPassword",
    "userPassword",
    "basicAuthPassword",
  ],
];

const canary = (name: string) => secret(name.replaceAll(/[^A-Za-z]/g, ""));

/** Plays the attack that makes the calls, and fails if a secret appears in an answer, in the output or in a file. */
async function unseen(act: Act, calls: readonly Call[], secrets: readonly string[], name: string): Promise<void> {
  await act.attack(name, {
    async does() {
      let last = await act.server.call("list_groups", { limit: 1 });
      for (const call of calls) {
        last = await act.server.call(...call);
        for (const one of secrets)
          assert.ok(!last.text.includes(one), `${call[0]} shows it: ${last.text.slice(0, 300)}`);
      }
      return last;
    },
    sees: ["ok", "bad_input", "conflict", "forbidden"],
    reaches: null,
    never: secrets,
  });
}

const stage = {
  scopes: ALL_SCOPES,
  env: { OKTA_MCP_CONFIRM: "never", OKTA_LOG_LEVEL: "trace" },
};

const byName: Scenario = {
  name: "secrets by their names, in results, journal and log",
  promise: SECRETS,
  stage,
  async play(act) {
    const { org } = act.sandbox;
    const appWith = (settings: Json) =>
      org.addApp({
        label: `Keeper ${org.newId("")}`,
        name: "bookmark",
        signOnMode: "BOOKMARK",
        settings: { app: { url: "https://acme.example", ...settings } },
      } as never);
    await act.control("what is no secret is shown", {
      call: ["get_application", { app_id: appWith({ colour: "Harmless words" }).id }],
      says: /Harmless words/,
    });
    for (const name of NAMES) {
      const value = canary(name);
      const app_id = appWith({ [name]: value }).id;
      const { data } = await act.server.call("get_application", { app_id });
      const settings = (data.settings as Json)?.app as Json;
      const app_config = { ...data, label: "Renamed", settings: { app: { ...settings, [name]: value } } };
      await unseen(
        act,
        [
          ["get_application", { app_id }],
          ["get_application", { app_id, fields: [`settings.app.${name}`] }],
          ["update_application", { app_id, app_config, dry_run: true }],
          ["update_application", { app_id, app_config }],
          ["list_changes", { target_id: app_id }],
        ],
        [value],
        `${name} of an app, as it was and as it becomes`,
      );
    }
    await act.control("the journal has the changes", {
      does: () => act.server.call("list_changes", { limit: 5 }),
      check: () => assert.ok(Object.values(seenAnywhere(act)).some((text) => text.includes("update_application"))),
    });
  },
};

const value = (name: string) => secret(`User${name}`);

/** All kinds of credentials that a user can have. */
const credentials = {
  password: { value: value("Password"), hash: { algorithm: "BCRYPT", value: value("Hash"), salt: value("Salt") } },
  recovery_question: { question: "Pet?", answer: value("Answer") },
};

const CREDENTIALS = ["Password", "Hash", "Salt", "Answer"].map(value);

const byPlace: Scenario = {
  name: "secrets by their places, whatever they are called",
  promise: SECRETS,
  stage,
  async play(act) {
    const { org } = act.sandbox;
    const rsa = newKeyPair({ type: "rsa", modulusLength: 2048 }).privateKey;
    const ec = newKeyPair({ type: "ec", namedCurve: "P-256" }).privateKey;
    // The key is of another pair, because the PKCS#1 lines of a private key hold the modulus of its public JWK.
    const jwk = newKeyPair({ type: "rsa", modulusLength: 2048 }).publicKey.export({ format: "jwk" });
    const pems: { [kind: string]: string } = {
      "PKCS#8": String(rsa.export({ type: "pkcs8", format: "pem" })),
      "PKCS#1": String(rsa.export({ type: "pkcs1", format: "pem" })),
      "SEC 1": String(ec.export({ type: "sec1", format: "pem" })),
      encrypted: String(rsa.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })),
      "with blanks before": `\n   ${rsa.export({ type: "pkcs8", format: "pem" })}`,
      OpenSSH: String(rsa.export({ type: "pkcs8", format: "pem" })).replaceAll("PRIVATE KEY", "OPENSSH PRIVATE KEY"),
    };
    await act.control("a public key is shown", {
      call: [
        "get_application",
        {
          app_id: org.addApp({
            label: "Public",
            settings: { oauthClient: { jwks: { keys: [{ kty: "RSA", kid: "harmless-kid", n: jwk.n, e: jwk.e }] } } },
          } as never).id,
        },
      ],
      says: /harmless-kid/,
    });
    for (const [kind, pem] of Object.entries(pems)) {
      const id = org.addApp({
        label: `Keeper ${kind}`,
        settings: { app: { url: "x", notes: pem }, notes: { admin: pem } },
      } as never).id;
      await unseen(
        act,
        [
          ["get_application", { app_id: id }],
          ["list_applications", {}],
          ["deactivate_application", { app_id: id }],
        ],
        linesOfPem(pem),
        `a private key (${kind}) as a text`,
      );
    }
    const keys = [
      ...["d", "p", "q", "dp", "dq", "qi", "k"].map((member) => {
        const value = secret(`Jwk${member}`);
        const key = { kty: member === "k" ? "oct" : "RSA", kid: "k", n: "x", e: "AQAB", [member]: value };
        return { value, key, label: `Keeper ${member}`, what: `the member ${member} of a key` };
      }),
      ...["r", "d", "t"].map((member) => {
        const value = secret(`Oth${member}`);
        const key = { kty: "RSA", kid: "k", n: "x", e: "AQAB", oth: [{ [member]: value }] };
        return { value, key, label: `Keeper oth ${member}`, what: `the member ${member} of a further prime of a key` };
      }),
    ];
    for (const { value, key, label, what } of keys) {
      const id = org.addApp({ label, settings: { oauthClient: { jwks: { keys: [key] } } } } as never).id;
      await unseen(
        act,
        [
          ["get_application", { app_id: id }],
          ["deactivate_application", { app_id: id }],
        ],
        [value],
        what,
      );
    }
    const calls: [string, Call][] = [
      ["a preview of a new user", ["create_user", { profile: person("new"), credentials, dry_run: true }]],
      ["a new user", ["create_user", { profile: person("new"), credentials }]],
      ["a user with the same login", ["create_user", { profile: person("new"), credentials }]],
      ["a user whose credentials change", ["update_user", { user_id: act.userId, credentials }]],
      ["credentials that are no object", ["create_user", { profile: person("odd"), credentials: value("Password") }]],
      ["an argument that is not declared", ["create_user", { profile: person("odd"), password: value("Password") }]],
      ["a value of the wrong type", ["get_user", { user_id: { password: value("Password") } }]],
    ];
    for (const [what, call] of calls) await unseen(act, [call, ["list_changes", {}]], CREDENTIALS, what);
  },
};

/** A mask in an answer is not a value, and is refused when it is sent back. */
const masks: Scenario = {
  name: "masks that are sent back",
  promise: SECRETS,
  stage,
  async play(act) {
    const group_id = act.groupId;
    await act.control("a text without a mask is written", {
      call: ["update_group", { group_id, profile: { name: "Pilot", description: "masked" } }],
      reaches: /^PUT/,
    });
    const masked = "[masked]";
    const calls: Call[] = [
      ["update_group", { group_id, profile: { name: "Pilot", description: masked } }],
      ["create_group", { profile: { name: masked } }],
      ["update_user", { user_id: act.userId, profile: { nickName: masked } }],
      ["update_user", { user_id: act.userId, credentials: { password: { value: masked } } }],
      ["create_user", { profile: { ...person("x"), title: masked } }],
      [
        "create_application",
        { app_config: { label: "x", signOnMode: "BOOKMARK", settings: { app: { url: masked } } } },
      ],
      ["create_application", { app_config: { label: "x", settings: { list: ["a", { b: masked }] } } }],
      ["create_policy", { policy_data: { type: "PASSWORD", name: "x", settings: { a: masked } } }],
      ["create_device_assurance_policy", { policy_data: { name: masked, platform: "MACOS" } }],
      ["create_brand", { name: masked }],
    ];
    await act.attacks(calls, (call) => [JSON.stringify(call).slice(0, 90), { call, sees: "bad_input" }]);
  },
};

/** The loss of a group's custom attribute is told even where its name sounds like a secret. */
const named: Scenario = {
  name: "attributes of groups that are called like secrets",
  promise: SECRETS,
  stage: { ...stage, person: null },
  async play(act) {
    const { org } = act.sandbox;
    for (const name of ["token", "apiKey", "secret", "password"])
      org.groupAttributes.set(name, { type: "string", title: name });
    await act.control("a group without one is changed", {
      call: ["update_group", { group_id: act.groupId, profile: { name: "Pilot", description: "new" } }],
      reaches: /^PUT/,
    });
    await act.attacks(["token", "apiKey", "secret", "password"], (name) => [
      `${name} is left out of a full replace`,
      {
        call: [
          "update_group",
          {
            group_id: org.addGroup({ profile: { name: `Keeps ${name}`, [name]: canary(name) } }).id,
            profile: { name: `Keeps ${name}` },
          },
        ],
        sees: ["would_remove", "bad_input", "conflict", "ok"],
        reaches: null,
        never: [canary(name)],
        check() {
          const kept = org.groups.all().find(({ profile }) => profile.name === `Keeps ${name}`);
          assert.equal(kept?.profile[name], canary(name), "the org still has it");
        },
      },
    ]);
  },
};

/** Okta's error messages may repeat the secrets that it was sent. */
const repeated: Scenario = {
  name: "secrets that an error of Okta repeats",
  promise: SECRETS,
  stage,
  async play(act) {
    await act.control("a new user", {
      call: ["create_user", { profile: person("new"), credentials }],
      reaches: /^POST/,
    });
    for (const status of [400, 403, 409, 500]) {
      act.sandbox.next("POST", /^\/api\/v1\/users/, {
        status,
        json: { errorCode: "E0000001", errorSummary: `Bad password: ${value("Password")}`, errorCauses: [] },
      });
      await act.attack(`an error (${status}) of Okta that repeats a password`, {
        call: ["create_user", { profile: person(`e${status}`), credentials }],
        sees: ["bad_input", "forbidden", "conflict", "okta_down"],
        reaches: null,
        never: CREDENTIALS,
      });
    }
  },
};

export const secrets: readonly Scenario[] = [byName, byPlace, masks, named, repeated];
