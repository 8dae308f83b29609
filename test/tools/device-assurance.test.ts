import { describe, expect, test } from "vitest";
import { DEVICE_ASSURANCE } from "../../sandbox/state/device-assurance.js";
import { accepts, connect } from "../support/client.js";
import { HOSTILE_IDS } from "../support/hostile.js";
import { connectWith, minimum, WINDOWS } from "./support-device-assurance.js";

const namesIn = (list: unknown) => (list as { name: string }[]).map(({ name }) => name);

describe("list_device_assurance_policies", () => {
  test("shows the policies of every platform whole", async () => {
    const { get, org, sent } = await connect({ seed: 1 });
    const { items, ...rest } = await get("list_device_assurance_policies");
    expect(items).toEqual([...org.area(DEVICE_ASSURANCE).values()]);
    expect(rest).toEqual({ total_fetched: 7, has_more: false, next_cursor: null });
    expect(sent()).toEqual(["GET /api/v1/device-assurances"]);
  });

  test("chooses fields, and goes on where the size limit cut the list", async () => {
    const { get } = await connect({ seed: 1, maxResultChars: 1000 });
    const first = await get("list_device_assurance_policies", { fields: ["name", "thirdPartySignalProviders"] });
    expect(first.has_more).toBe(true);
    const rest = await get("list_device_assurance_policies", { fields: ["name"], after: first.next_cursor });
    expect([...namesIn(first.items), ...namesIn(rest.items)]).toHaveLength(7);
  });

  test.each([
    ["10.0.19045", ["10.0.9", "10.0.19044.9999", "9.9.9", "10"]],
    ["14", ["10.0.9", "10.0.19044.9999", "10.0.19045", "9.9.9", "10", "13.9"]],
    ["14.0.0", ["10.0.9", "10.0.19044.9999", "10.0.19045", "9.9.9", "10", "13.9"]],
    ["14.0.0.1", ["10.0.9", "10.0.19044.9999", "10.0.19045", "9.9.9", "10", "13.9", "14", "14.0.0"]],
    ["1", []],
  ])("keeps the policies whose minimum is below %s, number by number", async (version_threshold, below) => {
    const versions = ["10.0.9", "10.0.19044.9999", "10.0.19045", "9.9.9", "10", "13.9", "14", "14.0.0", "100.1"];
    const { get } = await connectWith(versions.map((version) => minimum(version, version)));
    const data = await get("list_device_assurance_policies", { version_threshold });
    expect(namesIn(data.items)).toEqual(below);
    expect(data.without_minimum).toEqual([]);
    expect(data.totals).toEqual({ compared: 9, below: below.length, without_minimum: 0, complete: true });
  });

  test("lists apart the policies that name no minimum", async () => {
    const { get } = await connectWith([
      { ...minimum("Dynamic", ""), osVersion: { dynamicVersionRequirement: { type: "MINIMUM" } } },
      { name: "Nothing at all", platform: "ANDROID" },
      { ...WINDOWS, name: "One of two below" },
      {
        ...WINDOWS,
        name: "All above",
        osVersionConstraints: [{ majorVersionConstraint: "WINDOWS_11", minimum: "11" }],
      },
      {
        name: "Chromebooks",
        platform: "CHROMEOS",
        thirdPartySignalProviders: { dtc: { osVersion: { minimum: "10.0.9" } } },
      },
    ]);
    const above = await get("list_device_assurance_policies", { version_threshold: "10.0.22632" });
    expect(namesIn(above.items)).toEqual(["One of two below", "Chromebooks"]);
    expect(namesIn(above.without_minimum)).toEqual(["Dynamic", "Nothing at all"]);
    const within = await get("list_device_assurance_policies", { version_threshold: "10.0.22631" });
    expect(namesIn(within.items)).toEqual(["Chromebooks"]);
    expect(namesIn(within.without_minimum)).toEqual(["Dynamic", "Nothing at all", "One of two below"]);
    expect(within.items).toEqual([expect.objectContaining({ platform: "CHROMEOS", createdDate: expect.anything() })]);
  });

  test("says so when not all policies below fit into a result", async () => {
    const many = Array.from({ length: 30 }, (_, number) => minimum(`Number ${number}`, "1.0"));
    const { get } = await connectWith(many, { maxResultChars: 3000 });
    const data = await get("list_device_assurance_policies", { version_threshold: "2" });
    expect(namesIn(data.items).length).toBeLessThan(30);
    expect(data.totals).toMatchObject({ below: 30 });
    expect(data.note).toContain(`${30 - namesIn(data.items).length} more`);
  });

  test.each(["14.x", " ", "v14", "14..1", "latest", "1".repeat(20)])(
    "refuses %j, which is no version of numbers",
    async (version_threshold) => {
      const { call, sent } = await connect();
      const { error } = await call("list_device_assurance_policies", { version_threshold });
      expect(error).toMatchObject({ code: "bad_input" });
      expect(sent()).toEqual([]);
    },
  );
});

describe("get_device_assurance_policy", () => {
  test("shows one policy whole, fields included that no client knows", async () => {
    const { get, idOf } = await connectWith([WINDOWS]);
    expect(await get("get_device_assurance_policy", { device_assurance_id: idOf("Workstations") })).toMatchObject(
      WINDOWS,
    );
  });

  test("names the tool that finds the right id", async () => {
    const { call } = await connect();
    const { error, text } = await call("get_device_assurance_policy", { device_assurance_id: "daeNobody" });
    expect(error?.code).toBe("not_found");
    expect(text).toContain("list_device_assurance_policies");
  });
});

test.each(["get_device_assurance_policy", "replace_device_assurance_policy", "delete_device_assurance_policy"])(
  "%s takes no id that would leave its place in the path",
  async (tool) => {
    const { call, sent } = await connect({ person: accepts });
    const more = tool.startsWith("replace") ? { policy_data: WINDOWS } : {};
    for (const device_assurance_id of HOSTILE_IDS) {
      const { error } = await call(tool, { device_assurance_id, ...more });
      expect(error, JSON.stringify(device_assurance_id)).toMatchObject({ code: "bad_input" });
    }
    expect(sent()).toEqual([]);
  },
);
