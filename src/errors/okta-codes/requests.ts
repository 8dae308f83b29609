import { AS_NAMED, LATER, OF_OURS, READ_IT, type Rows, SHORTER } from "./row.js";

const FEATURE_OFF =
  "Do it in another way, or have the feature switched on: in the Admin Console under Settings > Features where it stands there, else by Okta.";

/** The advice of E0000006. It names the person who can give a role to the service app or to the signed-in admin. */
const GIVE_A_ROLE =
  "The scope is there; the admin role is not. In the Okta Admin Console, give the signed-in admin (Security > Administrators) or the service app (Admin roles tab) a role that covers this.";

/** Codes about requests of any kind: their form, who sends them, how many, and whether Okta can answer. */
export const REQUEST_CODES: Rows = {
  E0000001: [400, "bad_input", "", AS_NAMED],
  E0000002: [400, "bad_input", "", AS_NAMED],
  E0000003: [
    400,
    "bad_input",
    "Okta could not read the body.",
    "Compare the types and the nesting of its fields with an object of the same kind that was read.",
  ],
  E0000004: [
    401,
    "forbidden",
    "The name and password in the request do not fit; the token is not the reason.",
    AS_NAMED,
  ],
  E0000005: [403, "session_ended", "Okta does not know the session of this request.", ""],
  E0000006: [403, "forbidden", "", GIVE_A_ROLE],
  E0000007: [404, "not_found", "", ""],
  E0000008: [
    404,
    "not_found",
    "This org has no such operation.",
    "Check OKTA_ORG_URL, and whether the org is of the edition (Identity Engine or Classic Engine) that has it.",
  ],
  E0000009: [500, "okta_down", "", ""],
  E0000010: [
    503,
    "okta_down",
    "Okta takes no changes during maintenance.",
    "Try again later; status.okta.com tells when.",
  ],
  E0000011: [401, "session_ended", "The token is no longer accepted.", ""],
  E0000012: [404, "bad_input", "Okta takes no body of this kind here.", OF_OURS],
  E0000013: [403, "client_rejected", "Okta does not know the client that sent this.", ""],
  E0000015: [
    401,
    "forbidden",
    "This org does not have the feature, or it is not switched on. The token is not the reason.",
    FEATURE_OFF,
  ],
  E0000018: [400, "bad_input", "Okta could not tell what kind of body this is.", OF_OURS],
  E0000019: [400, "bad_input", "Okta takes no body of this kind here.", OF_OURS],
  E0000020: [
    400,
    "bad_input",
    "Okta does not say which argument it means.",
    "Check each argument against the tool's schema.",
  ],
  E0000021: [400, "bad_input", "Okta takes no body of this kind here.", OF_OURS],
  E0000022: [
    405,
    "bad_input",
    "Okta does not offer this for the object in question, for example for one that it made itself.",
    "Choose another object, or another way to the same end.",
  ],
  E0000026: [404, "not_found", "Okta has taken this operation out of service.", OF_OURS],
  E0000028: [400, "bad_input", "A parameter is missing that Okta demands.", AS_NAMED],
  E0000029: [
    400,
    "bad_input",
    "The cursor or the size of the page is not one that Okta takes.",
    "Begin the list again without a cursor.",
  ],
  E0000030: [
    400,
    "bad_input",
    "A time is not in the form that Okta reads.",
    "Write times as in 2026-01-31T08:00:00.000Z.",
  ],
  E0000031: [
    400,
    "bad_input",
    "Okta cannot read the search or filter, or does not search by one of its attributes.",
    'Write it as attribute operator "value", e.g. status eq "ACTIVE", joined by and / or, with the attributes that the operation names.',
  ],
  E0000033: [400, "bad_input", "Of a search and a filter Okta takes one at a time.", "Leave one of them out."],
  E0000037: [400, "bad_input", "A value is of the wrong type.", AS_NAMED],
  E0000047: [429, "rate_limited", "", ""],
  E0000053: [
    400,
    "bad_input",
    "Okta cannot read the filter.",
    'Write it as attribute operator "value", e.g. userName eq "ada@example.com".',
  ],
  E0000054: [400, "bad_input", "Okta does not take this page size or start.", "Begin the list again without a cursor."],
  E0000060: [
    501,
    "protected",
    "Built-in and imported objects cannot be changed through the API.",
    "Choose another object, or change it where it comes from.",
  ],
  E0000063: [400, "bad_input", "These arguments do not go together.", "Leave one of them out."],
  E0000094: [
    400,
    "bad_input",
    "Okta does not take a filter of this shape here.",
    "Write a simpler one: one attribute, and eq.",
  ],
  E0000100: [
    503,
    "okta_down",
    "Okta's search is out of order for the moment.",
    "Try again in a minute, or list without search.",
  ],
  E0000122: [406, "bad_input", "Okta answers with JSON only here.", OF_OURS],
  E0000123: [
    400,
    "bad_input",
    "The enum of an attribute and its oneOf do not name the same values.",
    "Give oneOf a const for each value of enum, and no other.",
  ],
  E0000131: [400, "bad_input", "", AS_NAMED],
  E0000195: [409, "conflict", "Something else stands in the way of this.", READ_IT],
  E0000208: [400, "client_rejected", "Okta got no token from the other side.", AS_NAMED],
  E0000212: [
    403,
    "forbidden",
    "Okta takes this from pages of trusted origins only.",
    "It cannot be done through the API.",
  ],
  E0000215: [410, "not_found", "Okta has taken this operation out of service.", OF_OURS],
  E0000231: [412, "conflict", "Somebody has changed the object since it was read.", READ_IT],
  E0000235: [400, "bad_input", "Okta cannot read one of the resources named.", AS_NAMED],
  E0000242: [400, "bad_input", "The version (ETag) sent with the request is not one of Okta's.", READ_IT],
  E0000243: [
    400,
    "bad_input",
    "Okta does not say what is wrong.",
    "Check each argument against an object that was read.",
  ],
  E0000256: [414, "bad_input", "The answer would be too long for Okta to send.", SHORTER],
  E0000258: [404, "not_found", "There is no such well-known path.", AS_NAMED],
  E0000267: [403, "forbidden", "This org has no admin home page.", "It cannot be done in this org."],
  E0000260: [403, "forbidden", "This developer org is switched off.", "Ask Okta to switch it on again."],
  E0000268: [409, "conflict", "Somebody else is changing role assignments at this moment.", LATER],
};
