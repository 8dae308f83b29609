import { connect } from "../support/client.js";

export type JsonObject = { [key: string]: unknown };

/** Opens an org with these policies; `idOf` gives the id of a policy by its name. */
export async function connectWith(policies: JsonObject[], options: Parameters<typeof connect>[0] = {}) {
  const client = await connect(options);
  const ids = new Map<string, string>();
  for (const given of policies) {
    const { id } = await client.get("create_device_assurance_policy", { policy_data: given });
    ids.set(String(given.name), String(id));
  }
  return { ...client, idOf: (name: string) => ids.get(name) ?? "" };
}

export const minimum = (name: string, version: string, platform = "MACOS") => ({
  name,
  platform,
  osVersion: { minimum: version },
});

export const WINDOWS = {
  name: "Workstations",
  platform: "WINDOWS",
  osVersionConstraints: [
    { majorVersionConstraint: "WINDOWS_11", minimum: "10.0.22631.0" },
    { majorVersionConstraint: "WINDOWS_10", dynamicVersionRequirement: { type: "EXACT_ANY_SUPPORTED" } },
  ],
  diskEncryptionType: { include: ["ALL_INTERNAL_VOLUMES"] },
  screenLockType: { include: ["PASSCODE", "BIOMETRIC"] },
  secureHardwarePresent: true,
  thirdPartySignalProviders: {
    dtc: { crowdStrikeCustomerId: "acme", keyTrustLevel: "CHROME_BROWSER_HW_KEY", quantumShield: { level: 9 } },
    telepathy: { trusted: true },
  },
  gracePeriod: { type: "BY_DATE_TIME", expiry: "2027-01-31T00:00:00.000Z" },
  brandNewField: ["x", { y: null }],
};
