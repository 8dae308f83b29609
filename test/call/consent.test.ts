import { describe, expect, test, vi } from "vitest";
import { catalogue } from "../support/catalogue.js";
import {
  accepts,
  type CallOutcome,
  cannotShowIt,
  closesTheQuestion,
  connect,
  declines,
  leavesTheBoxEmpty,
  type Person,
} from "../support/client.js";
import { ONE_PEER_OF_EACH_ERA, PEERS, repeatsCalls } from "../support/peers.js";
import { signal } from "../support/signal.js";
import { about, brand_id, first, type Loss, page, REMOVALS } from "./support-losses.js";

/** Full replaces whose body drops a setting. */
const REPLACES: readonly Loss[] = [
  {
    tool: "update_group",
    arrange: ({ org }) => {
      const { id } = org.addGroup({ profile: { name: "Lab", description: "Where things blow up" } });
      return { group_id: id, profile: { name: "Lab" } };
    },
    asks: /^Update group: group "Lab" \(00g\w+\)$/,
    tells: "- profile.description is lost, now 'Where things blow up'",
  },
  {
    tool: "update_application",
    arrange: ({ org }) => {
      const app = { url: "https://w.example", requestIntegration: false };
      const settings = { app, notes: { admin: "Call Bob first" } };
      const { id } = org.addApp({ label: "Wiki", name: "bookmark", signOnMode: "BOOKMARK", settings });
      const app_config = { label: "Wiki", name: "bookmark", signOnMode: "BOOKMARK", settings: { app } };
      return { app_id: id, app_config };
    },
    asks: /^Update application: application "Wiki" \(0oa\w+\)$/,
    tells: "- settings.notes is lost, now {'admin':'Call Bob first'}",
  },
  {
    tool: "update_policy",
    async arrange(connected) {
      const policy_data = { type: "PASSWORD", name: "Vault", description: "For the vault" };
      const { id } = await connected.get("create_policy", { policy_data });
      return { policy_id: id, policy_data: { ...policy_data, description: undefined, priority: 1 } };
    },
    asks: /^Update policy: policy "Vault"/,
    tells: "- description is lost, now 'For the vault'",
  },
  {
    tool: "update_policy_rule",
    async arrange(connected) {
      const policy = await first(connected, "list_policies", { type: "OKTA_SIGN_ON" });
      const rule_data = { type: "SIGN_ON", name: "Night", priority: 1, actions: { signon: { access: "DENY" } } };
      const conditions = { network: { connection: "ANYWHERE" } };
      const args = { policy_id: policy.id };
      const { id } = await connected.get("create_policy_rule", { ...args, rule_data: { ...rule_data, conditions } });
      return { ...args, rule_id: id, rule_data };
    },
    asks: /^Update policy rule: policy rule "Night"/,
    tells: /- conditions is lost, now .*ANYWHERE/,
  },
  {
    tool: "replace_device_assurance_policy",
    async arrange(connected) {
      const policy_data = { name: "Macs", platform: "MACOS", osVersion: { minimum: "14.1" } };
      const more = { ...policy_data, diskEncryptionType: { include: ["ALL_INTERNAL_VOLUMES"] } };
      const { id } = await connected.get("create_device_assurance_policy", { policy_data: more });
      return { device_assurance_id: id, policy_data };
    },
    asks: /^Replace device assurance policy: device assurance policy "Macs"/,
    tells: /- diskEncryptionType is lost, now .*ALL_INTERNAL_VOLUMES/,
  },
  {
    tool: "replace_brand",
    async arrange(connected) {
      const { id } = await connected.get("create_brand", { name: "Rocket" });
      const address = { custom_privacy_policy_url: "https://r.example/p", agree_to_custom_privacy_policy: true };
      const rest = { brand_id: id, name: "Rocket", locale: "en" };
      await connected.get("replace_brand", { ...rest, ...address });
      return rest;
    },
    asks: /^Replace brand: brand "Rocket"/,
    tells: "- customPrivacyPolicyUrl is lost, now 'https://r.example/p'",
  },
  {
    tool: "replace_brand_theme",
    async arrange(connected) {
      const theme = await first(connected, "list_brand_themes", { brand_id });
      const required = {
        brand_id,
        theme_id: theme.id,
        primary_color_hex: "#1662dd",
        secondary_color_hex: "#ebebed",
        sign_in_page_touch_point_variant: "OKTA_DEFAULT",
        end_user_dashboard_touch_point_variant: "OKTA_DEFAULT",
        error_page_touch_point_variant: "OKTA_DEFAULT",
        email_template_touch_point_variant: "OKTA_DEFAULT",
      };
      const contrast = { primary_color_contrast_hex: "#000000", secondary_color_contrast_hex: "#000000" };
      await connected.get("replace_brand_theme", { ...required, ...contrast });
      return required;
    },
    asks: /^Replace brand theme: theme "of brand .+" \(/,
    tells: "- primaryColorContrastHex is lost, now '#000000'",
  },
  {
    tool: "replace_sign_out_page_settings",
    async arrange(connected) {
      const elsewhere = { brand_id, type: "EXTERNALLY_HOSTED", url: "https://acme.example/bye" };
      await connected.get("replace_sign_out_page_settings", elsewhere);
      return { brand_id, type: "OKTA_DEFAULT" };
    },
    asks: /^Replace sign-out page settings: sign-out page "of brand .+" \(/,
    tells: "- url is lost, now 'https://acme.example/bye'",
  },
  ...["customized", "preview"].flatMap((state) =>
    ["sign_in", "error"].map((kind): Loss => {
      const words = `${state} ${kind === "error" ? "error" : "sign-in"} page`;
      return {
        tool: `replace_${state}_${kind}_page`,
        async arrange(connected) {
          await connected.get(`replace_${state}_${kind}_page`, { brand_id, ...page });
          return { brand_id, page_content: "<p>" };
        },
        asks: new RegExp(`^Replace ${words}: ${words} "of brand .+" \\(${brand_id}\\)$`),
        tells: /- contentSecurityPolicySetting is lost, now .*data:/,
      };
    }),
  ),
];

const confirmationOf = ({ error }: CallOutcome) => error?.data.confirmation;
const LOSSES = [...REPLACES, ...REMOVALS];
const replacing = (tool: string) => REPLACES.some((loss) => loss.tool === tool);

test("every full replace has its place here", () => {
  const tools = catalogue.entries.filter(({ replaces }) => replaces).map(({ name }) => name);
  expect(REPLACES.map(({ tool }) => tool).sort()).toEqual(tools.sort());
});

const CASES = LOSSES.flatMap((loss) => ONE_PEER_OF_EACH_ERA.map((peer) => ({ ...loss, peer })));

describe.each(CASES)("$tool, by a $peer client", (loss) => {
  const { tool, asks, tells, peer } = loss;

  test("asks a person, who sees the target by name and what gets lost, and does it after a yes", async () => {
    const { make, asked, written } = await about(loss, { peer, person: accepts });
    const { isError, text } = await make();
    expect(isError, text).toBe(false);
    expect(asked).toHaveLength(1);
    const [head, ...lines] = asked[0]?.message.split("\n") ?? [];
    expect(head).toMatch(asks);
    expect(lines.join("\n")).toMatch(tells);
    expect(written()).toHaveLength(1);
  });

  test.each<[string, Person, string]>([
    ["declines", declines, "declined"],
    ["leaves the box empty", leavesTheBoxEmpty, "declined"],
    ["closes the question", closesTheQuestion, "cancelled"],
  ])("changes nothing where the person %s", async (_, person, answer) => {
    const { make, written } = await about(loss, { peer, person });
    const { error } = await make();
    expect(error).toMatchObject({ code: "declined", data: { answer } });
    expect(written()).toEqual([]);
  });

  test("gives a client that cannot ask the same facts and a value, which does it", async () => {
    const { make, written, call, args } = await about(loss, { peer });
    const first = await make();
    expect(first.error).toMatchObject({ code: "needs_confirmation" });
    expect(first.text).toMatch(tells);
    expect(written()).toEqual([]);
    for (const confirmation of ["yes", "true", `${confirmationOf(first)}x`]) {
      expect((await make({ confirmation })).error?.code).toBe("needs_confirmation");
    }
    const value = confirmationOf(await make());
    if (replacing(tool)) {
      // The value confirms the loss, but `allow_removals` is still needed.
      expect((await call(tool, { ...args, confirmation: value })).error?.code).toBe("would_remove");
    }
    expect((await make({ confirmation: value })).isError).toBe(false);
    expect(written()).toHaveLength(1);
  });

  test("does nothing where only a person may decide and none can be asked", async () => {
    const { make, written } = await about(loss, { peer, confirmMode: "elicit-only" });
    if (repeatsCalls(peer)) {
      await expect(make()).rejects.toMatchObject({ code: -32021 });
    } else {
      const { error } = await make();
      expect(error).toMatchObject({ code: "declined", data: { decided_by: "okta-mcp" } });
      expect(error?.data).not.toHaveProperty("confirmation");
    }
    expect(written()).toEqual([]);
  });

  test("asks where only a person may decide and can be asked", async () => {
    const { make, written, asked } = await about(loss, { peer, confirmMode: "elicit-only", person: accepts });
    expect((await make()).isError).toBe(false);
    expect([asked.length, written().length]).toEqual([1, 1]);
  });

  test("asks nobody where that was chosen", async () => {
    const { make, written, asked } = await about(loss, { peer, confirmMode: "never", person: declines });
    expect((await make()).isError).toBe(false);
    expect([asked.length, written().length]).toEqual([0, 1]);
  });
});

// Without the handshake the server does not wait for an answer, and does not learn that there will be none.
describe.each(LOSSES)("$tool, while the server holds the call", (loss) => {
  test("changes nothing where the question cannot be shown", async () => {
    const { make, written } = await about(loss, { person: cannotShowIt });
    expect((await make()).error).toMatchObject({ code: "declined", data: { answer: "failed" } });
    expect(written()).toEqual([]);
  });

  test("changes nothing where nobody answers in time", async () => {
    const asked = signal();
    const silent: Person = () => {
      asked.give();
      return new Promise<never>(() => {});
    };
    const { make, written } = await about(loss, { person: silent });
    const timers = vi.spyOn(globalThis, "setTimeout");
    const pending = make();
    await asked.given;
    const long = timers.mock.calls.filter(([, delayMs]) => Number(delayMs) > 60_000);
    timers.mockRestore();
    for (const [timeIsUp] of long) timeIsUp();
    expect((await pending).error).toMatchObject({ code: "declined", data: { answer: "timed_out" } });
    expect(written()).toEqual([]);
  });
});

describe.each(REPLACES)("$tool", (loss) => {
  test("names what it would drop and asks nobody, where dropping is not allowed", async () => {
    const { call, args, asked, written } = await about(loss, { person: accepts });
    const { error } = await call(loss.tool, args);
    expect(error?.code).toBe("would_remove");
    expect([...asked, ...written()]).toEqual([]);
  });
});

describe.each(PEERS)("a replace that a person is asked about by a client of the sort %s", (peer) => {
  const lab = REPLACES.find(({ tool }) => tool === "update_group") as Loss;

  test("is not made with a yes from before the target changed", async () => {
    const client = await about(lab, {
      peer,
      person: (question) => {
        if (client.asked.length > 1) return declines(question);
        const group = client.org.groups.get(String(client.args.group_id));
        if (group) client.org.groups.change(group, { name: "Lab", description: "Now something else" });
        return accepts(question);
      },
    });
    const { error } = await client.make();
    // Where the call is made again anyway, the person is asked again about what is there now.
    expect(error?.code).toBe(repeatsCalls(peer) ? "declined" : "conflict");
    expect(client.asked.slice(1).map(({ message }) => message)).toEqual(
      repeatsCalls(peer) ? [expect.stringContaining("now 'Now something else'")] : [],
    );
    expect(client.written()).toEqual([]);
  });

  test("is not made with a value from before the target changed", async () => {
    const { make, org, args, written } = await about(lab, { peer });
    const confirmation = confirmationOf(await make());
    const group = org.groups.get(String(args.group_id));
    if (group) org.groups.change(group, { name: "Lab", description: "Now something else" });
    const again = await make({ confirmation });
    expect(again.error?.message).toContain("the target has changed since");
    expect(again.text).toContain("Now something else");
    expect(written()).toEqual([]);
    expect((await make({ confirmation: confirmationOf(again) })).isError).toBe(false);
  });

  test("is not made with the value of another body", async () => {
    const { make, written } = await about(lab, { peer });
    const confirmation = confirmationOf(await make());
    const { error } = await make({ confirmation, profile: { name: "Something worse" } });
    expect(error?.message).toContain("belongs to another call");
    expect(written()).toEqual([]);
  });

  test("asks nobody where nothing gets lost", async () => {
    const { make, asked, written } = await about(lab, { peer, person: declines });
    const profile = { name: "Lab", description: "Where things grow" };
    expect((await make({ profile })).isError).toBe(false);
    expect([asked.length, written().length]).toEqual([0, 1]);
  });

  test("names so many settings and the number of the rest", async () => {
    const { call, org, asked } = await connect({ peer, person: accepts });
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`attribute${n}`, `v${n}`]));
    const { id } = org.addGroup({ profile: { name: "Lab", ...many, long: "x".repeat(1_000) } });
    await call("update_group", { group_id: id, profile: { name: "Lab" }, allow_removals: true });
    const lines = asked[0]?.message.split("\n") ?? [];
    expect(lines).toHaveLength(52);
    expect(lines.at(-1)).toBe("- 11 more settings are lost");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(230);
  });

  test("shows no secret that gets lost", async () => {
    const { call, org, asked } = await connect({ peer, person: accepts });
    const settings = { apiToken: "s3cr3t-t0ken", app: { url: "https://x.example" } };
    const { id } = org.addApp({ label: "Old", settings });
    await call("update_application", { app_id: id, app_config: { label: "Old" }, allow_removals: true });
    expect(asked[0]?.message).toContain("https://x.example");
    expect(asked[0]?.message).not.toContain("s3cr3t-t0ken");
  });
});

test("a question has an object's own name, and no field that names objects of other kinds", async () => {
  const { org, call, asked } = await connect({ person: declines });
  const rest = { name: "bookmark", signOnMode: "BOOKMARK", settings: { app: { url: "https://w.example" } } };
  const app = { label: "Payroll", profile: { name: "Test app", login: "test" }, ...rest };
  const { id: app_id } = org.addApp(app);
  await call("update_application", { app_id, app_config: { label: "Payroll", ...rest }, allow_removals: true });
  const { id: group_id } = org.addGroup({ profile: { name: "Lab", description: "d", login: "test" } });
  await call("update_group", { group_id, profile: { name: "Lab", login: "test" }, allow_removals: true });
  expect(asked.map(({ message }) => message.split("\n")[0])).toEqual([
    `Update application: application "Payroll" (${app_id})`,
    `Update group: group "Lab" (${group_id})`,
  ]);
});
