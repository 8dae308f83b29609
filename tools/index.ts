import * as applications from "./applications.js";
import * as groups from "./groups.js";
import * as session from "./session.js";
import * as systemLog from "./system-log.js";
import * as users from "./users.js";

/** Every area of tools; what an area's file exports is what there is. */
export const areas = { applications, groups, session, "system-log": systemLog, users };
