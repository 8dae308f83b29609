// The parts of the engine that tools may use besides their contract (`../../src/tool.js`). There is no other way in.
export { type CertificateFiles, checkCertificate } from "../../src/checks/certificate.js";
export { imageFileName, recogniseImage } from "../../src/checks/image.js";
export { isTime, TIME_FORMS, windowAt } from "../../src/checks/time.js";
export {
  groupsFilledByPolicyRule,
  groupsFollowing,
  groupsFollowingMembers,
  groupsLeft,
  groupsMovedBy,
  membersTouched,
  touchedByDeletedApp,
  touchedByDeletedGroup,
} from "../../src/effects/groups.js";
export { activeFromStart, refuseOtherStatus, switchedBy } from "../../src/effects/lifecycle.js";
export { names, policiesNaming, policiesTouched } from "../../src/effects/policies.js";
export {
  asksForPlace,
  PASSES_NONE,
  type Passed,
  passedBy,
  passingImpact,
  touchedByPassing,
} from "../../src/effects/ranking.js";
export { OktaMcpError } from "../../src/errors/index.js";
export { textOfFile } from "../../src/files/file-text.js";
export { refuseTaken } from "../../src/foresight/foresight.js";
export { BASE_ATTRIBUTES } from "../../src/foresight/known-attributes.js";
export { unknownEventTypes, withFilterHelp } from "../../src/foresight/log-filter.js";
export { schemaAttributes } from "../../src/foresight/profile-schemas.js";
export { ofMade, undoBy, without } from "../../src/journal/undo-helpers.js";
export type { Json } from "../../src/json/json.js";
export { asObject, isObject, itemsAt, type JsonObject, objectAt, textAt, valueAt } from "../../src/json/json.js";
export { isPathSegment } from "../../src/okta/path.js";
export type { Upload } from "../../src/okta/request.js";
export { isUserId, type Touched } from "../../src/okta/targets.js";
export { ifFound, ifOffered, ifReadable } from "../../src/okta/tolerate.js";
export { difference } from "../../src/results/difference.js";
export { notes, wholeList } from "../../src/results/listing.js";
export { counted, MAX_NAMES, withNames } from "../../src/text/counted.js";
export { fieldsOf, type KnownFields, openObject, some } from "./known-fields.js";
