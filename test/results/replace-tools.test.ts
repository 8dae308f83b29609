import { describe, expect, test } from "vitest";
import { guardRules } from "../guard/support.js";
import { ALL_SCENARIOS } from "../journal/scenarios/index.js";
import { images, type Scenario } from "../journal/scenarios/scenario.js";
import { catalogue } from "../support/catalogue.js";
import { accepts, type ConnectOptions, connect } from "../support/client.js";

type JsonObject = { [key: string]: unknown };
type Path = readonly (string | number)[];

const REPLACERS = ALL_SCENARIOS.filter(({ tool }) => catalogue.get(tool)?.replaces !== undefined);

/** Matches the arguments that name an object rather than a setting of it. */
const PLACE = /_id$|^(?:template_name|confirmation|user_stated_os_version)$/;

/** For each kind of value, empty values and values of another kind. */
const IN_PLACE_OF = {
  list: [null, [], "", 0, false, {}, "text"],
  object: [null, {}, "", 0, false, [], "text"],
  text: [null, "", 0, false, [], {}],
  number: [null, "", false, [], {}],
  switch: [null, "", 0, [], {}],
} as const;

function kindOf(value: unknown): keyof typeof IN_PLACE_OF {
  if (Array.isArray(value)) return "list";
  if (typeof value === "object") return "object";
  return typeof value === "string" ? "text" : typeof value === "number" ? "number" : "switch";
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  (typeof value === "object" && Object.values(value as object).every(isEmpty));

/** Each path of a body with a value that is not empty. */
function places(value: unknown, path: Path = []): { path: Path; value: unknown }[] {
  const own = path.length > 0 && !isEmpty(value) ? [{ path, value }] : [];
  if (typeof value !== "object" || value === null) return own;
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [...own, ...inner.flatMap(([key, child]) => places(child, [...path, key]))];
}

/** A copy of a value, with `other` at the path. */
function withAt(value: unknown, [key, ...rest]: Path, other: unknown): unknown {
  if (key === undefined) return other;
  if (Array.isArray(value)) return value.map((item, i) => (i === key ? withAt(item, rest, other) : item));
  const object = value as JsonObject;
  return { ...object, [key]: withAt(object[String(key)], rest, other) };
}

/** The dotted path of a setting, without the places in lists. */
const dotted = (path: Path) => path.filter((step) => typeof step === "string").join(".");

/** Opens an org with an object that already has all settings of the arguments. */
async function settled({ tool, arrange }: Scenario & { tool: string }, options: ConnectOptions = {}) {
  const org = await connect({ person: accepts, fileRoots: [images()], ...options });
  const { allow_removals: _, ...args } = (await arrange(org)).args;
  await org.get(tool, { ...args, allow_removals: true });
  return { ...org, args };
}

/** The paths of a body whose loss counts. Settings that Okta sets itself and default values do not count. */
function losable(tool: string, args: JsonObject) {
  const { setByOkta = [], defaults = {} } = catalogue.get(tool)?.replaces ?? {};
  const body = Object.fromEntries(Object.entries(args).filter(([name]) => !PLACE.test(name)));
  return places(body).filter(({ path, value }) => {
    const [first = "", ...rest] = path;
    const isWhole = /_data$|_config$/.test(String(first));
    const there = isWhole ? dotted(rest) : dotted(path);
    if (isWhole && rest.length === 0) return false;
    return !setByOkta.some((set) => there === set || there.startsWith(`${set}.`)) && defaults[there] !== value;
  });
}

describe.each(REPLACERS)("$name", (scenario) => {
  const { tool } = scenario;

  test("asks about whatever would hold nothing, or another kind of thing", async () => {
    const { call, args, writes } = await settled(scenario);
    const before = writes();
    const spots = losable(tool, args);
    expect(spots.length).toBeGreaterThan(0);
    for (const { path, value } of spots) {
      for (const other of IN_PLACE_OF[kindOf(value)]) {
        const { error, text } = await call(tool, withAt(args, path, other) as JsonObject);
        const what = `${path.join(".")}: ${JSON.stringify(other)} for ${JSON.stringify(value)}: ${text.slice(0, 300)}`;
        expect(["would_remove", "bad_input"], what).toContain(error?.code);
      }
    }
    expect(writes()).toEqual(before);
  });

  test("asks about items that a list lacks", async () => {
    const { call, args, writes } = await settled(scenario);
    const before = writes();
    for (const { path, value } of losable(tool, args)) {
      if (!Array.isArray(value)) continue;
      for (const index of value.keys()) {
        const less = value.filter((_, i) => i !== index);
        const { error, text } = await call(tool, withAt(args, path, less) as JsonObject);
        expect(["would_remove", "bad_input"], `${path.join(".")} without ${index}: ${text}`).toContain(error?.code);
      }
    }
    expect(writes()).toEqual(before);
  });

  test("asks about no switch that is turned off, and no number that changes", async () => {
    const { call, args } = await settled(scenario);
    for (const { path, value } of losable(tool, args)) {
      const other = value === true ? false : typeof value === "number" ? value + 1 : undefined;
      if (other === undefined) continue;
      const { error } = await call(tool, { ...(withAt(args, path, other) as JsonObject), dry_run: true });
      expect(error?.code, path.join(".")).not.toBe("would_remove");
    }
  });

  test("asks a person, and counts it as a removal", async () => {
    const limits = { removals: { per_session: 2 } };
    const { call, args, asked } = await settled(scenario, { guard: guardRules({ limits }) });
    const codes: (string | undefined)[] = [];
    for (const { path, value } of losable(tool, args)) {
      const less = withAt(args, path, IN_PLACE_OF[kindOf(value)][1]) as JsonObject;
      if ((await call(tool, less)).error?.code !== "would_remove") continue;
      while (codes.length < 3) {
        const before = asked.length;
        const { error } = await call(tool, { ...less, allow_removals: true });
        codes.push(error?.code);
        if (error?.code !== "protected") expect(asked).toHaveLength(before + 1);
        await call(tool, { ...args, allow_removals: true });
      }
    }
    // The arguments of this one tool accept no empty value, so nothing can be lost in this way.
    if (codes.length > 0) expect(codes[2]).toBe("protected");
    else expect(tool).toBe("replace_sign_out_page_settings");
  });
});
