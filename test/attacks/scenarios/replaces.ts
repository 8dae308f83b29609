import assert from "node:assert/strict";
import type { Json } from "../../support/server-process.js";
import type { Act, Scenario } from "../attack.js";
import { ALL_SCOPES } from "../calls.js";
import { TALKED_INTO, TOO_MUCH } from "../promises.js";
import { type Design, type Directory, fillBrand, fillDirectory, pageArguments } from "./replaceable.js";

/** A full replace of an object with many settings, which keeps all of them. */
interface Replace {
  tool: string;
  /** The arguments that keep every setting. */
  args: Json;
  /** The argument that becomes the body, and dotted paths of settings in it. Numbers are places in lists. */
  body: string;
  paths: readonly string[];
}

/** A full replace by a tool whose settings are arguments of their own. */
interface FlatReplace {
  tool: string;
  args: Json;
  droppable: readonly string[];
}

/** Stands for a setting that is left out of the body. */
const MISSING = Symbol("missing");

function* lossesOf(value: unknown): Generator<[what: string, instead: unknown]> {
  yield ["left out", MISSING];
  yield ["null", null];
  if (Array.isArray(value)) {
    yield ["an emptied list", []];
    if (value.length > 1) yield ["a list without its last item", value.slice(0, -1)];
  }
  if (typeof value === "string") {
    yield ["an empty text", ""];
    yield ["a list in place of a text", []];
    yield ["an object in place of a text", {}];
    yield ["zero in place of a text", 0];
    yield ["false in place of a text", false];
  }
  if (Array.isArray(value)) {
    for (const [what, item] of [
      ["null", null],
      ["an empty text", ""],
      ["zero", 0],
      ["an empty object", {}],
      ["an empty list", []],
    ] as const) {
      yield [`${what} in place of each item`, value.map(() => item)];
    }
    yield ["a list in the list", [value]];
  }
  if (typeof value !== "object") return;
  yield ["a text", ""];
  yield ["zero", 0];
  yield ["false", false];
  yield Array.isArray(value) ? ["an object", {}] : ["a list", []];
  if (!Array.isArray(value)) yield ["an emptied object", {}];
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce((inner, key) => (inner as Json | undefined)?.[key], value);
}

function withPath(value: unknown, [key = "", ...rest]: readonly string[], instead: unknown): unknown {
  const copy = (Array.isArray(value) ? [...value] : { ...(value as Json) }) as Json;
  const next = rest.length > 0 ? withPath(copy[key], rest, instead) : instead;
  if (next === MISSING) {
    if (Array.isArray(copy)) copy.splice(Number(key), 1);
    else delete copy[key];
  } else copy[key] = next;
  return copy;
}

interface Loss {
  what: string;
  args: Json;
}

function* lossesIn({ args, body, paths }: Replace): Generator<Loss> {
  for (const dotted of paths) {
    const path = [body, ...dotted.split(".")];
    const held = at(args, path);
    assert.ok(held !== undefined && held !== null, `${dotted} holds something`);
    for (const [what, instead] of lossesOf(held)) {
      yield { what: `${dotted}: ${what}`, args: withPath(args, path, instead) as Json };
    }
  }
}

/** The replaces that lose settings within a body. */
async function bodyReplaces(act: Act, directory: Directory, design: Design): Promise<Replace[]> {
  const { group, profile, policy, place, app, assurance } = directory;
  const { widget } = design;
  const read = async (tool: string, args: Json) => {
    const { sees, data, text } = await act.server.call(tool, args);
    assert.equal(sees, "ok", text);
    return data;
  };
  return [
    { tool: "update_group", args: { group_id: group.id, profile }, body: "profile", paths: ["description", "owners"] },
    {
      tool: "update_policy",
      args: { policy_id: policy.id, policy_data: await read("get_policy", { policy_id: policy.id }) },
      body: "policy_data",
      paths: [
        ...["description", "conditions", "conditions.people", "conditions.people.groups"],
        ...["conditions.people.groups.include", "settings", "settings.password", "settings.password.complexity"],
        ...[
          "settings.password.complexity.excludeAttributes",
          "settings.password.age",
          "settings.password.age.historyCount",
        ],
      ],
    },
    {
      tool: "update_policy_rule",
      args: { ...place, rule_data: await read("get_policy_rule", place) },
      body: "rule_data",
      paths: [
        ...["conditions", "conditions.network", "conditions.network.include", "conditions.network.connection"],
        ...["conditions.people.groups.include", "actions", "actions.signon", "actions.signon.session"],
        ...["actions.signon.access", "actions.signon.requireFactor"],
      ],
    },
    {
      tool: "update_application",
      args: { app_id: app.id, app_config: await read("get_application", { app_id: app.id }) },
      body: "app_config",
      paths: [
        ...[
          "accessibility",
          "accessibility.errorRedirectUrl",
          "visibility",
          "visibility.hide",
          "settings",
          "settings.app",
        ],
        ...["settings.app.url", "settings.notes", "settings.notes.admin", "profile", "profile.owners", "profile.level"],
      ],
    },
    {
      tool: "replace_device_assurance_policy",
      args: {
        device_assurance_id: assurance?.id,
        policy_data: await read("get_device_assurance_policy", { device_assurance_id: assurance?.id }),
      },
      body: "policy_data",
      paths: [
        ...["osVersion", "osVersion.minimum", "diskEncryptionType", "diskEncryptionType.include", "screenLockType"],
        ...["screenLockType.include", "devicePostureChecks", "devicePostureChecks.include", "displayRemediationMode"],
      ],
    },
    ...(["customized", "preview"] as const).map((state) => ({
      tool: `replace_${state}_sign_in_page`,
      args: {
        ...pageArguments(design),
        widget_version: widget.widgetVersion,
        widget_customizations: widget.widgetCustomizations,
      },
      body: "widget_customizations",
      paths: ["signInLabel", "customLink1Label"],
    })),
  ];
}

/** The replaces that lose settings which are arguments. */
function flatReplaces(design: Design, signInPages: readonly Replace[]): FlatReplace[] {
  const { brand, theme } = design;
  const ofPage = ["page_content", "csp_mode", "csp_report_uri", "csp_src_list"];
  return [
    ...signInPages.map(({ tool, args }) => ({
      tool,
      args,
      droppable: [...ofPage, "widget_version", "widget_customizations"],
    })),
    ...(["customized", "preview"] as const).map((state) => ({
      tool: `replace_${state}_error_page`,
      args: pageArguments(design),
      droppable: ofPage,
    })),
    {
      tool: "replace_brand",
      args: {
        brand_id: brand.id,
        name: "Lab",
        custom_privacy_policy_url: "https://acme.example/p",
        agree_to_custom_privacy_policy: true,
        locale: "de",
      },
      droppable: ["custom_privacy_policy_url", "locale"],
    },
    {
      tool: "replace_brand_theme",
      args: {
        brand_id: brand.id,
        theme_id: theme.id,
        primary_color_hex: "#112233",
        secondary_color_hex: "#332211",
        primary_color_contrast_hex: "#ffffff",
        secondary_color_contrast_hex: "#ffffff",
        sign_in_page_touch_point_variant: "OKTA_DEFAULT",
        end_user_dashboard_touch_point_variant: "OKTA_DEFAULT",
        error_page_touch_point_variant: "OKTA_DEFAULT",
        email_template_touch_point_variant: "OKTA_DEFAULT",
        loading_page_touch_point_variant: "NONE",
      },
      droppable: ["primary_color_contrast_hex", "secondary_color_contrast_hex", "loading_page_touch_point_variant"],
    },
    {
      tool: "replace_sign_out_page_settings",
      args: { brand_id: brand.id, type: "EXTERNALLY_HOSTED", url: "https://acme.example/bye" },
      droppable: ["url"],
    },
  ];
}

async function replacesOf(act: Act): Promise<{ replaces: Replace[]; flat: FlatReplace[] }> {
  const design = fillBrand(act);
  const replaces = await bodyReplaces(act, fillDirectory(act), design);
  const signInPages = replaces.filter(({ tool }) => tool.endsWith("_sign_in_page"));
  return { replaces, flat: flatReplaces(design, signInPages) };
}

/** Each way to lose one setting of one replace. */
function* allLosses({ replaces, flat }: Awaited<ReturnType<typeof replacesOf>>): Generator<Loss & { tool: string }> {
  for (const replace of replaces) for (const loss of lossesIn(replace)) yield { tool: replace.tool, ...loss };
  for (const { tool, args, droppable } of flat) {
    for (const argument of droppable) {
      for (const [what, instead] of lossesOf(args[argument])) {
        // A sign-out page without an address has to be of the default type.
        const type = argument === "url" ? { type: "OKTA_DEFAULT" } : {};
        yield {
          tool,
          what: `${argument}: ${what}`,
          args: { ...(withPath(args, [argument], instead) as Json), ...type },
        };
      }
    }
  }
}

const controls = async (act: Act, { replaces, flat }: Awaited<ReturnType<typeof replacesOf>>) => {
  for (const { tool, args } of [...replaces, ...flat]) {
    await act.control(`${tool} with nothing left out goes through unasked`, {
      call: [tool, args],
      reaches: /^PUT \S+$/,
    });
  }
};

export const replaces: Scenario = {
  name: "full replaces that lose settings",
  promise: TALKED_INTO,
  stage: { seed: 1, scopes: ALL_SCOPES, person: null, env: { OKTA_MCP_CONFIRM: "never", OKTA_MCP_JOURNAL: "off" } },
  async play(act) {
    const all = await replacesOf(act);
    await controls(act, all);
    await act.attacks(allLosses(all), ({ tool, what, args }) => [
      `${tool} with ${what}`,
      { call: [tool, args], sees: ["would_remove", "bad_input"] },
    ]);
  },
};

export const replacesCounted: Scenario = {
  name: "full replaces that lose settings, where no removal is allowed",
  promise: TOO_MUCH,
  stage: {
    seed: 1,
    scopes: ALL_SCOPES,
    guard: () => ({ limits: { removals: { per_session: 0 } } }),
    env: { OKTA_MCP_CONFIRM: "never", OKTA_MCP_JOURNAL: "off" },
  },
  async play(act) {
    const all = await replacesOf(act);
    await controls(act, all);
    await act.attacks(allLosses(all), ({ tool, what, args }) => [
      `${tool} with ${what}, which is allowed to lose`,
      { call: [tool, { ...args, allow_removals: true }], sees: ["protected", "bad_input"] },
    ]);
  },
};
