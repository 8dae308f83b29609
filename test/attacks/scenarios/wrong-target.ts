import { ADMIN_LOGIN, DEVICE_CLIENT_ID } from "../../../sandbox/facts.js";
import type { Org } from "../../../sandbox/org.js";
import { POLICIES } from "../../../sandbox/state/default-policies.js";
import { DEVICE_ASSURANCE } from "../../../sandbox/state/device-assurance.js";
import { person } from "../../support/sandbox.js";
import type { Act, Call, Scenario } from "../attack.js";
import { ALL_SCOPES } from "../calls.js";
import { WRONG_TARGET } from "../promises.js";

/** The properties by which a rule of a guard file can identify an object. */
const KEYS = ["id", "login", "name", "pattern"] as const;
type Key = (typeof KEYS)[number];

/** One object of each kind for each key, and one of each kind that no rule protects. */
interface Cast {
  users: Record<Key | "free", { id: string }>;
  groups: Record<Exclude<Key, "login"> | "free", { id: string }>;
  apps: Record<Exclude<Key, "login"> | "free", { id: string }>;
  policies: Record<Exclude<Key, "login"> | "free", PolicyOfCast>;
  assurances: Record<Exclude<Key, "login"> | "free", { id: string }>;
}

const NAMED = ["id", "name", "pattern", "free"] as const;

function each<Name extends string, T>(names: readonly Name[], make: (name: Name) => T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>;
}

/** A policy and its rule, with their priorities, which an update has to name. */
interface PolicyOfCast {
  id: string;
  priority: number;
  rule: string;
  rulePriority: number;
}

function castOf(org: Org): Cast {
  const policies = org.area(POLICIES);
  return {
    users: each([...KEYS, "free"], (key) => org.addUser({ profile: person(`by-${key}`) })),
    groups: each(NAMED, (key) => org.addGroup({ profile: { name: `Group by ${key}` } })),
    apps: each(NAMED, (key) =>
      org.addApp({
        label: `App by ${key}`,
        signOnMode: "BOOKMARK",
        settings: { app: { url: "https://acme.example" } },
      }),
    ),
    policies: each(NAMED, (key) => {
      const policy = policies.add({ given: { type: "OKTA_SIGN_ON", name: `Policy by ${key}` } });
      const rule = policies.addRule(policy, { given: { type: "SIGN_ON", name: "Rule" } });
      return {
        id: policy.id,
        get priority() {
          return policies.get(policy.id)?.priority ?? 0;
        },
        rule: rule.id,
        rulePriority: rule.priority,
      };
    }),
    assurances: each(NAMED, (key) => {
      const id = org.newId("dae");
      org.area(DEVICE_ASSURANCE).set(id, { id, name: `Assurance by ${key}`, platform: "MACOS" } as never);
      return { id };
    }),
  };
}

const rulesFor = (kind: string, cast: Record<string, { id: string }>) => [
  { id: cast.id?.id, reason: "by id" },
  { name: `${kind.toUpperCase()}   BY NAME`, reason: "by name" },
  { pattern: `${kind}?by?pat?ern*`, reason: "by pattern" },
];

const writes = {
  user: (user_id: string, free: Cast): Call[] => [
    ["update_user", { user_id, profile: { nickName: "x" } }],
    ["update_user", { user_id, credentials: { password: { value: "correct horse 1" } } }],
    ["add_user_to_group", { user_id, group_id: free.groups.free.id }],
    ["remove_user_from_group", { user_id, group_id: free.groups.free.id }],
    ["update_user", { user_id, profile: { nickName: "x" }, dry_run: true }],
    ["deactivate_user", { user_id }],
    ["delete_deactivated_user", { user_id }],
  ],
  group: (group_id: string, { users }: Cast, name: string): Call[] => [
    ["update_group", { group_id, profile: { name } }],
    ["add_user_to_group", { group_id, user_id: users.free.id }],
    ["remove_user_from_group", { group_id, user_id: users.free.id }],
    ["create_user", { profile: { ...person(`new-${name.replaceAll(" ", "-")}`) }, group_ids: [group_id] }],
    ["delete_group", { group_id }],
  ],
  app: (app_id: string, label: string): Call[] => [
    [
      "update_application",
      { app_id, app_config: { label, signOnMode: "BOOKMARK", settings: { app: { url: "https://acme.example" } } } },
    ],
    ["activate_application", { app_id }],
    ["deactivate_application", { app_id }],
    ["delete_application", { app_id }],
  ],
  policy({ id: policy_id, priority, rule: rule_id, rulePriority }: PolicyOfCast, name: string): Call[] {
    const policy_data = { type: "OKTA_SIGN_ON", name, priority };
    const rule_data = { name: "Rule", priority: rulePriority };
    return [
      ["update_policy", { policy_id, policy_data }],
      ["update_policy", { policy_id, policy_data: { ...policy_data, status: "INACTIVE" } }],
      ["activate_policy", { policy_id }],
      ["create_policy_rule", { policy_id, rule_data: { name: "More" } }],
      ["update_policy_rule", { policy_id, rule_id, rule_data }],
      ["update_policy_rule", { policy_id, rule_id, rule_data: { ...rule_data, status: "INACTIVE" } }],
      ["activate_policy_rule", { policy_id, rule_id }],
      ["deactivate_policy_rule", { policy_id, rule_id }],
      ["delete_policy_rule", { policy_id, rule_id }],
      ["deactivate_policy", { policy_id }],
      ["delete_policy", { policy_id }],
    ];
  },
  assurance: (device_assurance_id: string, name: string): Call[] => [
    ["replace_device_assurance_policy", { device_assurance_id, policy_data: { name, platform: "MACOS" } }],
    ["delete_device_assurance_policy", { device_assurance_id }],
  ],
};

const shown = ([tool, args]: Call) => `${tool} ${JSON.stringify(args).slice(0, 90)}`;

async function refuseEach(
  act: Act,
  what: string,
  calls: readonly Call[],
  sees: string | readonly string[] = "protected",
): Promise<void> {
  await act.attacks(calls, (call) => [`${what}: ${shown(call)}`, { call, sees }]);
}

/** The same calls for unprotected objects, as controls: they succeed, or the org itself refuses them. */
async function letThrough(act: Act, what: string, calls: readonly Call[]): Promise<void> {
  for (const call of calls) {
    const [tool] = call;
    // The org refuses some of them, such as the removal of a user who was never in the group.
    await act.control(`${what}: ${shown(call)}`, {
      call,
      sees: ["ok", "conflict", "would_remove"],
      check: ({ sees, text }) => {
        if (sees === "would_remove") throw new Error(`${tool}: ${text}`);
      },
    });
  }
}

let cast: Cast;

const byRule: Scenario = {
  name: "what a guard file protects, by each of its names",
  promise: WRONG_TARGET,
  stage: {
    scopes: ALL_SCOPES,
    env: { OKTA_MCP_CONFIRM: "never" },
    guard(org) {
      cast = castOf(org);
      return {
        protect: {
          users: [
            { id: cast.users.id.id },
            { login: "BY-LOGIN@acme.example" },
            { name: "BY-NAME  example" },
            { pattern: "by-pat?ern@*" },
          ],
          groups: rulesFor("group", cast.groups),
          apps: rulesFor("app", cast.apps),
          policies: [...rulesFor("policy", cast.policies), ...rulesFor("assurance", cast.assurances)],
        },
      };
    },
  },
  async play(act) {
    await letThrough(act, "a free user", [
      ["add_user_to_group", { user_id: cast.users.free.id, group_id: cast.groups.free.id }],
    ]);
    await letThrough(act, "a free user", writes.user(cast.users.free.id, cast).slice(0, 5));
    for (const key of KEYS) {
      const login = `by-${key}@acme.example`;
      // The sandbox finds users by id and login as Okta does, so another spelling finds the same user or nobody.
      for (const user_id of [cast.users[key].id, login, login.toUpperCase(), `By-${key}@ACME.example`]) {
        await refuseEach(act, `user by ${key}`, writes.user(user_id, cast));
      }
      for (const user_id of [`by-${key}`, login.replace("a", "\uff41"), `${login}.`]) {
        await refuseEach(act, `user by ${key}`, writes.user(user_id, cast), ["protected", "not_found", "bad_input"]);
      }
    }
    for (const key of ["id", "name", "pattern"] as const) {
      await refuseEach(act, `group by ${key}`, writes.group(cast.groups[key].id, cast, `Group by ${key}`));
      await refuseEach(act, `app by ${key}`, writes.app(cast.apps[key].id, `App by ${key}`));
      await refuseEach(act, `policy by ${key}`, writes.policy(cast.policies[key], `Policy by ${key}`));
      await refuseEach(act, `assurance by ${key}`, writes.assurance(cast.assurances[key].id, `Assurance by ${key}`));
    }
    await letThrough(act, "a free group", writes.group(cast.groups.free.id, cast, "Group by free").slice(0, 4));
    await letThrough(act, "a free app", writes.app(cast.apps.free.id, "App by free"));
    await letThrough(
      act,
      "a free policy",
      writes
        .policy(cast.policies.free, "Policy by free")
        .filter(([, args]) => !JSON.stringify(args).includes("INACTIVE")),
    );
    await letThrough(act, "a free assurance", writes.assurance(cast.assurances.free.id, "Assurance by free"));
    await letThrough(act, "a free group", [["delete_group", { group_id: cast.groups.free.id }]]);
  },
};

const builtIn: Scenario = {
  name: "what is always protected",
  promise: WRONG_TARGET,
  stage: { seed: 1, scopes: ALL_SCOPES, env: { OKTA_MCP_CONFIRM: "never" } },
  async play(act) {
    const { org } = act.sandbox;
    const me = org.users.find(ADMIN_LOGIN);
    const other = org.addUser({ profile: person("other") });
    await act.control("somebody else is deactivated", {
      call: ["deactivate_user", { user_id: other.id }],
      reaches: /deactivate/,
    });
    for (const user_id of [me?.id, ADMIN_LOGIN, ADMIN_LOGIN.toUpperCase(), "me", "ME", "ada.admin"]) {
      for (const tool of ["deactivate_user", "delete_deactivated_user"]) {
        await act.attack(`${tool} of the signed-in admin as ${user_id}`, {
          call: [tool, { user_id }],
          sees: ["protected", "not_found"],
        });
      }
    }
    const own = { app_config: { label: "okta-mcp", signOnMode: "OPENID_CONNECT" } };
    await refuseEach(act, "the own app", [
      ["update_application", { app_id: DEVICE_CLIENT_ID, ...own }],
      ["activate_application", { app_id: DEVICE_CLIENT_ID }],
      ["deactivate_application", { app_id: DEVICE_CLIENT_ID }],
      ["delete_application", { app_id: DEVICE_CLIENT_ID }],
    ]);
    const everyone = org.groups.all().find(({ type }) => type === "BUILT_IN")?.id ?? "";
    const imported = org.groups.all().find(({ type }) => type === "APP_GROUP")?.id ?? "";
    for (const [what, group_id] of [
      ["Everyone", everyone],
      ["an imported group", imported],
    ] as const) {
      await refuseEach(act, what, [
        ["update_group", { group_id, profile: { name: "x" } }],
        ["add_user_to_group", { group_id, user_id: other.id }],
        ["remove_user_from_group", { group_id, user_id: other.id }],
        ["create_user", { profile: person("newcomer"), group_ids: [group_id] }],
        ["create_user", { profile: person("newcomer"), group_ids: [act.groupId, group_id] }],
      ]);
    }
    await refuseEach(act, "Everyone", [["delete_group", { group_id: everyone }]]);
    for (const policy of org
      .area(POLICIES)
      .all()
      .filter(({ system }) => system)) {
      const { id: policy_id, type } = policy;
      await refuseEach(act, `the system policy of type ${type}`, [
        ["deactivate_policy", { policy_id }],
        ["delete_policy", { policy_id }],
      ]);
      for (const { id: rule_id } of org
        .area(POLICIES)
        .rulesOf(policy)
        .filter((rule) => rule.system)) {
        await refuseEach(act, `the default rule of type ${type}`, [
          ["deactivate_policy_rule", { policy_id, rule_id }],
          ["delete_policy_rule", { policy_id, rule_id }],
        ]);
      }
    }
  },
};

/** The change that is made to the org while a person is asked. */
let meanwhile: () => unknown = () => {};

const race: Scenario = {
  name: "what becomes protected while a person is asked",
  promise: WRONG_TARGET,
  stage: {
    scopes: ALL_SCOPES,
    guard: () => ({
      protect: { groups: [{ name: "Vault" }], users: [{ pattern: "vault*" }], apps: [{ name: "Vault" }] },
    }),
    person() {
      meanwhile();
      return { action: "accept", content: { confirm: true } };
    },
  },
  async play(act) {
    const { org } = act.sandbox;
    const group = () => org.addGroup({ profile: { name: `Open ${org.newId("")}` } });
    await act.control("a group is deleted after a yes", {
      call: ["delete_group", { group_id: group().id }],
      reaches: /DELETE/,
    });
    const cases: readonly [string, () => readonly [Call, () => unknown]][] = [
      [
        "a group gets a protected name",
        () => {
          const one = group();
          return [["delete_group", { group_id: one.id }], () => Object.assign(one.profile, { name: "Vault" })];
        },
      ],
      [
        "a user gets a protected login",
        () => {
          const one = org.addUser({ profile: person("open") });
          return [
            ["deactivate_user", { user_id: one.id }],
            () => Object.assign(one.profile, { login: "vault@acme.example" }),
          ];
        },
      ],
      [
        "an app gets a protected label",
        () => {
          const one = org.addApp({ label: "Open", signOnMode: "BOOKMARK" });
          return [["deactivate_application", { app_id: one.id }], () => Object.assign(one, { label: "Vault" })];
        },
      ],
      [
        "a group of which a member is taken gets a protected name",
        () => {
          const one = group();
          const member = org.addUser({ profile: person("member") });
          org.groups.addMember(one, member);
          return [
            ["remove_user_from_group", { group_id: one.id, user_id: member.id }],
            () => Object.assign(one.profile, { name: "VAULT" }),
          ];
        },
      ],
    ];
    for (const [what, make] of cases) {
      const [call, change] = make();
      meanwhile = change;
      await act.attack(what, { call, sees: ["protected", "conflict"] });
      meanwhile = () => {};
    }
  },
};

export const wrongTarget: readonly Scenario[] = [byRule, builtIn, race];
