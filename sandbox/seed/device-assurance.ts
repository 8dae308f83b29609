import { ADMIN_LOGIN } from "../facts.js";
import type { Org } from "../org.js";
import { DEVICE_ASSURANCE } from "../state/device-assurance.js";
import type { JsonObject } from "../state/model.js";

const BIOMETRIC: JsonObject = { screenLockType: { include: ["BIOMETRIC"] } };
const ALL_VOLUMES: JsonObject = { diskEncryptionType: { include: ["ALL_INTERNAL_VOLUMES"] } };

/** At least one policy for every platform: with a fixed minimum, with one that moves, and with none. */
export const SEED_ASSURANCES: readonly (JsonObject & { name: string; platform: string })[] = [
  {
    name: "macOS laptops",
    platform: "MACOS",
    osVersion: { minimum: "14.4.1" },
    ...ALL_VOLUMES,
    screenLockType: { include: ["PASSCODE", "BIOMETRIC"] },
    secureHardwarePresent: true,
    displayRemediationMode: "SHOW",
    devicePostureChecks: { include: [{ variableName: "macOSFirewall", value: "1" }] },
  },
  {
    name: "macOS build machines",
    platform: "MACOS",
    osVersion: {
      dynamicVersionRequirement: { type: "MINIMUM", distanceFromLatestMajor: 1, latestSecurityPatch: false },
    },
    ...ALL_VOLUMES,
  },
  {
    name: "Windows laptops",
    platform: "WINDOWS",
    osVersionConstraints: [
      { majorVersionConstraint: "WINDOWS_11", minimum: "10.0.22631.0" },
      { majorVersionConstraint: "WINDOWS_10", dynamicVersionRequirement: { type: "NOT_ALLOWED" } },
    ],
    ...ALL_VOLUMES,
    secureHardwarePresent: true,
    thirdPartySignalProviders: {
      dtc: {
        browserVersion: { minimum: "126.0.0.0" },
        diskEncrypted: true,
        osFirewall: true,
        screenLockSecured: true,
        secureBootEnabled: true,
        antivirusEnabled: true,
        keyTrustLevel: "CHROME_BROWSER_HW_KEY",
        safeBrowsingProtectionLevel: "ENHANCED_PROTECTION",
      },
    },
    gracePeriod: { type: "BY_DATE_TIME", expiry: "2027-01-31T00:00:00.000Z" },
    displayRemediationMode: "SHOW",
  },
  {
    name: "Windows terminals at the plant",
    platform: "WINDOWS",
    osVersion: { minimum: "10.0.19045" },
    ...ALL_VOLUMES,
    screenLockType: { include: ["PASSCODE"] },
  },
  {
    name: "iPhones",
    platform: "IOS",
    osVersion: { minimum: "17.5" },
    jailbreak: false,
    ...BIOMETRIC,
    thirdPartySignalProviders: { devicePostureIdP: { managed: true, compliant: true } },
  },
  {
    name: "Android phones",
    platform: "ANDROID",
    osVersion: { minimum: "13" },
    diskEncryptionType: { include: ["USER", "FULL"] },
    jailbreak: false,
    ...BIOMETRIC,
    secureHardwarePresent: true,
    thirdPartySignalProviders: {
      androidDeviceTrust: {
        deviceIntegrityLevel: "MEETS_STRONG_INTEGRITY",
        playProtectVerdict: "LOW",
        wifiSecured: true,
      },
    },
  },
  {
    name: "Chromebooks in the showroom",
    platform: "CHROMEOS",
    thirdPartySignalProviders: {
      dtc: {
        osVersion: { minimum: "16.0.126" },
        managedDevice: true,
        screenLockSecured: true,
        keyTrustLevel: "CHROME_OS_VERIFIED_MODE",
      },
    },
  },
];

/**
 * Adds the company's device assurance policies.
 * @returns the ids by name
 */
export function askOfDevices(org: Org, ageMs: () => number): Map<string, string> {
  const store = org.area(DEVICE_ASSURANCE);
  const by = org.users.find(ADMIN_LOGIN)?.id ?? "";
  for (const given of SEED_ASSURANCES) {
    const [id, at] = [org.newId("dae"), org.timestamp(org.now() - ageMs())];
    store.set(id, { ...given, id, createdBy: by, createdDate: at, lastUpdate: at, lastUpdatedBy: by });
  }
  return new Map([...store.values()].map(({ name, id }) => [name, id]));
}
