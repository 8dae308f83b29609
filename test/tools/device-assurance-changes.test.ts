import { describe, expect, test } from "vitest";
import { POLICIES } from "../../sandbox/state/default-policies.js";
import { DEVICE_ASSURANCE } from "../../sandbox/state/device-assurance.js";
import { ALL_SCOPES, accepts, connect, declines } from "../support/client.js";
import { connectWith, minimum, WINDOWS } from "./support-device-assurance.js";

const lines = (message = "") => message.split("\n- ").slice(1);

describe("create_device_assurance_policy", () => {
  test("sends a policy as it is, for a platform that nobody knows too", async () => {
    const { get, call, lastBody } = await connect();
    expect(await get("create_device_assurance_policy", { policy_data: WINDOWS })).toMatchObject(WINDOWS);
    expect(lastBody()).toEqual(WINDOWS);
    const visor = { ...WINDOWS, platform: "VISIONOS" };
    const { error } = await call("create_device_assurance_policy", { policy_data: visor });
    expect(lastBody()).toEqual(visor);
    expect(error?.message).toContain("platform");
  });

  test.each([
    [{ name: "A", platform: "MACOS" }, { minimum: "14.2" }],
    [{ name: "B", platform: "MACOS", osVersion: null }, { minimum: "14.2" }],
    [
      { name: "C", platform: "MACOS", osVersion: { future: 1 } },
      { future: 1, minimum: "14.2" },
    ],
    [{ name: "D", platform: "MACOS", osVersion: { minimum: "14.2.0" } }, { minimum: "14.2.0" }],
  ])("takes the version that a person stated as the minimum of %j", async (policy_data, osVersion) => {
    const { get, lastBody } = await connect();
    await get("create_device_assurance_policy", { policy_data, user_stated_os_version: "14.2" });
    expect(lastBody()).toEqual({ ...policy_data, osVersion });
  });

  test.each([
    [undefined, { osVersion: { minimum: "14.2" } }],
    [
      { devicePostureIdP: { managed: true }, dtc: { managedDevice: true } },
      { devicePostureIdP: { managed: true }, dtc: { managedDevice: true, osVersion: { minimum: "14.2" } } },
    ],
    [{ dtc: { osVersion: { minimum: "14.2.0", later: 1 } } }, { dtc: { osVersion: { minimum: "14.2.0", later: 1 } } }],
  ])("puts it among the browser's signals for ChromeOS, which has no osVersion, beside %j", async (given, sent) => {
    const { get, lastBody, idOf } = await connectWith([{ name: "Old books", platform: "CHROMEOS" }]);
    const policy_data = { name: "Books", platform: "CHROMEOS", ...(given && { thirdPartySignalProviders: given }) };
    const args = { policy_data, user_stated_os_version: "14.2" };
    const body = { ...policy_data, thirdPartySignalProviders: given === undefined ? { dtc: sent } : sent };
    await get("create_device_assurance_policy", args);
    expect(lastBody()).toEqual(body);
    await get("replace_device_assurance_policy", {
      ...args,
      device_assurance_id: idOf("Old books"),
      policy_data: { ...policy_data, name: "New books" },
    });
    expect(lastBody()).toEqual({ ...body, name: "New books" });
    expect((await get("list_device_assurance_policies", { version_threshold: "14.3" })).totals).toMatchObject({
      below: 2,
    });
  });

  test("refuses it beside another one for ChromeOS, by the name of its place", async () => {
    const { call, sent } = await connect();
    const thirdPartySignalProviders = { dtc: { osVersion: { minimum: "13" } } };
    const policy_data = { name: "Books", platform: "CHROMEOS", thirdPartySignalProviders };
    const { error } = await call("create_device_assurance_policy", { policy_data, user_stated_os_version: "14.2" });
    expect(error?.message).toContain("thirdPartySignalProviders.dtc.osVersion in policy_data");
    expect(sent()).toEqual([]);
  });

  test.each([
    [{ osVersion: { minimum: "14.1" } }, "not the same"],
    [{ osVersion: { minimum: 14.2 } }, "not the same"],
    [{ osVersion: "14" }, "not the same"],
    [{ osVersion: { dynamicVersionRequirement: { type: "EXACT" } } }, "not both"],
    [{ osVersionConstraints: [{ majorVersionConstraint: "WINDOWS_11" }] }, "not both"],
  ])("refuses the version that a person stated beside %j, and sends nothing", async (more, why) => {
    const { call, sent } = await connect();
    const policy_data = { name: "Two versions", platform: "WINDOWS", ...more };
    const args = { policy_data, user_stated_os_version: "14.2" };
    for (const [tool, target] of [
      ["create_device_assurance_policy", {}],
      ["replace_device_assurance_policy", { device_assurance_id: "dae1" }],
    ] as const) {
      const { error } = await call(tool, { ...args, ...target });
      expect(error).toMatchObject({ code: "bad_input", message: expect.stringContaining(why) });
    }
    expect(sent()).toEqual([]);
  });
});

describe("replace_device_assurance_policy", () => {
  test("answers with the policy and with what changed, field by field", async () => {
    const { get, lastBody, idOf } = await connectWith([WINDOWS], { person: accepts });
    const { brandNewField, secureHardwarePresent, ...rest } = WINDOWS;
    const policy_data = {
      ...rest,
      osVersionConstraints: [{ majorVersionConstraint: "WINDOWS_11", minimum: "10.0.26100" }],
      thirdPartySignalProviders: {
        ...rest.thirdPartySignalProviders,
        dtc: { ...rest.thirdPartySignalProviders.dtc, quantumShield: { level: 10 } },
      },
      displayRemediationMode: "SHOW",
    };
    const { policy, changes } = await get("replace_device_assurance_policy", {
      device_assurance_id: idOf("Workstations"),
      policy_data,
      allow_removals: true,
    });
    expect(lastBody()).toEqual(policy_data);
    expect(policy).toMatchObject(policy_data);
    expect(changes).toHaveLength(5);
    expect(changes).toEqual(
      expect.arrayContaining([
        {
          field: "osVersionConstraints",
          before: WINDOWS.osVersionConstraints,
          after: policy_data.osVersionConstraints,
        },
        { field: "thirdPartySignalProviders.dtc.quantumShield.level", before: 9, after: 10 },
        { field: "displayRemediationMode", after: "SHOW" },
        { field: "brandNewField", before: brandNewField },
        { field: "secureHardwarePresent", before: secureHardwarePresent },
      ]),
    );
  });

  test("raises the minimum to what a person stated, and changes nothing else", async () => {
    const { get, idOf } = await connectWith([{ ...minimum("Laptops", "14.1"), jailbreak: false }]);
    const { changes } = await get("replace_device_assurance_policy", {
      device_assurance_id: idOf("Laptops"),
      policy_data: { name: "Laptops", platform: "MACOS", jailbreak: false },
      user_stated_os_version: "15.0",
    });
    expect(changes).toEqual([{ field: "osVersion.minimum", before: "14.1", after: "15.0" }]);
  });

  test("says that nothing changed when a policy goes back as it was read", async () => {
    const { get, idOf } = await connectWith([WINDOWS]);
    const device_assurance_id = idOf("Workstations");
    const policy_data = await get("get_device_assurance_policy", { device_assurance_id });
    expect(await get("replace_device_assurance_policy", { device_assurance_id, policy_data })).toMatchObject({
      changes: [],
    });
  });

  test("names what the body would drop, and drops it only where that is allowed", async () => {
    const { call, writes, idOf } = await connectWith([WINDOWS]);
    const { error } = await call("replace_device_assurance_policy", {
      device_assurance_id: idOf("Workstations"),
      policy_data: { name: "Workstations", platform: "WINDOWS", thirdPartySignalProviders: { telepathy: {} } },
      user_stated_os_version: "10.0.22631",
    });
    expect(error?.code).toBe("would_remove");
    expect(error?.data.would_be_lost).toEqual([
      "osVersionConstraints",
      "diskEncryptionType",
      "screenLockType",
      "secureHardwarePresent",
      "thirdPartySignalProviders.dtc",
      "thirdPartySignalProviders.telepathy.trusted",
      "gracePeriod",
      "brandNewField",
    ]);
    expect(writes()).toHaveLength(1);
  });
});

describe("delete_device_assurance_policy", () => {
  test("shows the person what it asks of devices, and deletes it when they agree", async () => {
    const { get, asked, org, sent, idOf } = await connectWith([WINDOWS], { person: accepts });
    const device_assurance_id = idOf("Workstations");
    expect(await get("delete_device_assurance_policy", { device_assurance_id })).toEqual({
      done: true,
      device_assurance_id,
    });
    expect(asked[0]?.message).toContain(`device assurance policy "Workstations" (${device_assurance_id})`);
    expect(lines(asked[0]?.message)).toEqual([
      "platform WINDOWS, minimum OS version 10.0.22631.0",
      "no app sign-in rule asks for it",
    ]);
    expect(org.area(DEVICE_ASSURANCE).size).toBe(0);
    expect(sent()).toContain("GET /api/v1/policies?type=ACCESS_POLICY&expand=rules");
  });

  test("names the rules that ask for it, before anybody is asked", async () => {
    const { call, asked, org, writes } = await connect({ seed: 1, person: accepts });
    const macs = [...org.area(DEVICE_ASSURANCE).values()].find(({ name }) => name === "macOS laptops");
    const { error } = await call("delete_device_assurance_policy", { device_assurance_id: macs?.id });
    expect(error).toMatchObject({
      code: "conflict",
      message: "It is in use, asked for by 1 app sign-in rule.",
      data: { used_by: ["Managed laptops of Customer data"] },
    });
    expect(asked).toEqual([]);
    expect(writes()).toEqual([]);
  });

  test("reads the rules of each policy where Okta embeds none", async () => {
    const { call, org, sandbox } = await connect({ seed: 1, person: accepts });
    const macs = [...org.area(DEVICE_ASSURANCE).values()].find(({ name }) => name === "macOS laptops");
    const policies = org.area(POLICIES).ofType("ACCESS_POLICY");
    sandbox.next("GET", "/api/v1/policies", { status: 200, json: policies });
    const { error } = await call("delete_device_assurance_policy", { device_assurance_id: macs?.id });
    expect(error).toMatchObject({ code: "conflict", data: { used_by: ["Managed laptops of Customer data"] } });
  });

  test("leaves the refusal to Okta where rules cannot be read, and says so", async () => {
    const scopes = ALL_SCOPES.filter((scope) => !scope.startsWith("okta.policies"));
    const { call, asked, org } = await connect({ seed: 1, person: accepts, scopes });
    const macs = [...org.area(DEVICE_ASSURANCE).values()].find(({ name }) => name === "macOS laptops");
    const { error } = await call("delete_device_assurance_policy", { device_assurance_id: macs?.id });
    expect(lines(asked[0]?.message).at(-1)).toContain("cannot be read");
    expect(error).toMatchObject({ code: "conflict" });
    expect(error?.message).toContain("in use and cannot be deleted");
    expect(org.area(DEVICE_ASSURANCE).get(macs?.id ?? "")).toBeDefined();
  });

  test("does nothing when the person declines", async () => {
    const { call, org, idOf } = await connectWith([WINDOWS], { person: declines });
    const { error } = await call("delete_device_assurance_policy", { device_assurance_id: idOf("Workstations") });
    expect(error?.code).toBe("declined");
    expect(org.area(DEVICE_ASSURANCE).size).toBe(1);
  });
});
