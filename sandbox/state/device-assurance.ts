import type { JsonObject } from "./model.js";
import type { Area } from "./org-state.js";

/** A stored device assurance policy: the object as it was sent, with Okta's additions. */
export interface DeviceAssurance extends JsonObject {
  id: string;
  name: string;
  platform: string;
  createdBy: string;
  createdDate: string;
  lastUpdate: string;
  lastUpdatedBy: string;
}

/** The device assurance policies of an org, by id. */
export const DEVICE_ASSURANCE: Area<Map<string, DeviceAssurance>> = {
  name: "device-assurance",
  create: () => new Map(),
};
