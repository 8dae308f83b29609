import {
  BASE_ATTRIBUTES,
  CONTAINS_ATTRIBUTES,
  FILTER_ATTRIBUTES,
  OWN_ATTRIBUTES,
  OWN_VALUES,
} from "../../foresight/known-attributes.js";
import type { ObjectKind } from "../../okta/objects.js";
import { code, codes } from "./text-parts.js";

/** A question that Okta answers. */
export interface SearchExample {
  /** What it looks for. */
  what: string;
  /** The parameters of the request, unencoded. */
  query: Readonly<Record<string, string>>;
}

/** How one kind of object is looked for. */
export interface SearchedObject {
  title: string;
  /** The path of the list in Okta's API. */
  path: string;
  /** The kind, for the tool that finds it; undefined where no tool does. */
  kind: ObjectKind | undefined;
  /** Sentences, each for itself true. */
  facts: readonly string[];
  examples: readonly SearchExample[];
}

const valuesOf = (of: "user" | "group" | "app", attribute: string) => codes(OWN_VALUES[of][attribute] ?? []);
const inProfile = (names: readonly string[]) => codes(names.map((name) => `profile.${name}`));

const SEARCH_OPERATORS =
  "Operators of `search`: `eq`, `sw`, `gt`, `ge`, `lt`, `le`, `pr`, joined by `and`, `or` and parentheses. There is no `ne` and no `ew`; in place of `ne` take two ranges, or leave out what is not wanted afterwards.";

const SORTING = "`sortBy` with one attribute and `sortOrder` (`asc`, `desc`) work beside `search` alone.";

const EVENT_ATTRIBUTES = [
  "eventType",
  "published",
  "severity",
  "displayMessage",
  "uuid",
  "transaction.id",
  "actor.id",
  "actor.type",
  "actor.alternateId",
  "actor.displayName",
  "target.id",
  "target.type",
  "target.alternateId",
  "target.displayName",
  "outcome.result",
  "outcome.reason",
  "client.ipAddress",
  "client.zone",
  "client.device",
  "client.userAgent.os",
  "client.userAgent.browser",
  "client.geographicalContext.country",
  "client.geographicalContext.state",
  "client.geographicalContext.city",
  "securityContext.asOrg",
  "securityContext.isp",
  "securityContext.domain",
  "securityContext.isProxy",
  "authenticationContext.externalSessionId",
  "debugContext.debugData.requestUri",
];

/** The values of `outcome.result` and `severity` (schemas `LogOutcome`, `LogSeverity`). */
const OUTCOMES =
  "SUCCESS FAILURE SKIPPED ALLOW DENY CHALLENGE UNKNOWN RATE_LIMIT DEFERRED SCHEDULED ABANDONED UNANSWERED".split(" ");
const SEVERITIES = ["DEBUG", "INFO", "WARN", "ERROR"];

/** The types of policies (schema `PolicyType`). */
const POLICY_TYPES = [
  ["OKTA_SIGN_ON", "the session with Okta itself"],
  ["PASSWORD", "passwords"],
  ["MFA_ENROLL", "which authenticators people set up"],
  ["ACCESS_POLICY", "the sign-in to apps"],
  ["PROFILE_ENROLLMENT", "self-registration and missing profile fields"],
  ["IDP_DISCOVERY", "which identity provider somebody is sent to"],
  ["POST_AUTH_SESSION", "sessions that are looked at again"],
  ["ENTITY_RISK", "what follows from a user's risk"],
  ["DEVICE_SIGNAL_COLLECTION", "what is collected of devices"],
] as const;

/** Every kind of object that has a page of its own, by the name in its address. */
export const SEARCHED_OBJECTS: Readonly<Record<string, SearchedObject>> = {
  users: {
    title: "Searching users",
    path: "/api/v1/users",
    kind: "user",
    facts: [
      "`search` is the way of choice: it knows every attribute of the profile, custom ones too, and has pages.",
      `Attributes of \`search\` outside the profile: ${codes(OWN_ATTRIBUTES.user)}. \`lastLogin\` is none of them: the system log tells who signed in when.`,
      `Attributes that every org has: ${inProfile(BASE_ATTRIBUTES.user)}.`,
      `Values of \`status\`: ${valuesOf("user", "status")}. A deactivated user is DEPROVISIONED.`,
      SEARCH_OPERATORS,
      `\`co\` works in ${codes(CONTAINS_ATTRIBUTES.user)} alone.`,
      "`search` compares texts without regard to case, and with regard to accents.",
      "An attribute with a list of values matches where one of them does.",
      `\`filter\` knows ${codes(FILTER_ATTRIBUTES.user)}, each with \`eq\`, and \`lastUpdated\` with \`gt\`, \`ge\`, \`lt\` and \`le\` too. It has \`and\` and \`or\`, no \`not\`, and regards case.`,
      "`q` takes the beginning of a first name, a last name or an e-mail address. It leaves deactivated users out and has no pages, so it is no way to count.",
      "`search` and `filter` list deactivated users as well: add a condition on `status` where they should be missing.",
      "Somebody changed a moment ago may be missing from `search`; a read by id or login has the present state.",
      SORTING,
    ],
    examples: [
      {
        what: "Active people of one department",
        query: { search: 'status eq "ACTIVE" and profile.department eq "Sales"' },
      },
      { what: "Logins that begin alike", query: { search: 'profile.login sw "ada."' } },
      { what: "A part of a last name", query: { search: 'profile.lastName co "berg"' } },
      { what: "Created since the first of March", query: { search: 'created ge "2026-03-01T00:00:00.000Z"' } },
      {
        what: "Locked out or suspended",
        query: { search: 'status eq "LOCKED_OUT" or status eq "SUSPENDED"', sortBy: "profile.lastName" },
      },
      {
        what: "With a manager, and in one of two cities",
        query: { search: 'profile.managerId pr and (profile.city eq "Berlin" or profile.city eq "Oslo")' },
      },
      {
        what: "Everybody but active people, without ne",
        query: { search: 'status lt "ACTIVE" or status gt "ACTIVE"' },
      },
      { what: "One login, exactly", query: { filter: 'profile.login eq "ada@acme.example"' } },
      {
        what: "Changed in a week",
        query: { filter: 'lastUpdated ge "2026-03-01T00:00:00Z" and lastUpdated lt "2026-03-08T00:00:00Z"' },
      },
      { what: "A name that somebody types", query: { q: "ada" } },
    ],
  },
  groups: {
    title: "Searching groups",
    path: "/api/v1/groups",
    kind: "group",
    facts: [
      "`search` is the way of choice: it knows every attribute of the profile and has pages.",
      `Attributes of \`search\` outside the profile: ${codes(OWN_ATTRIBUTES.group)}. \`source.id\` is the app that a group was imported from.`,
      `Attributes that every org has: ${inProfile(BASE_ATTRIBUTES.group)}. Groups of an app bring more, as its directory has them.`,
      `Values of \`type\`: ${valuesOf("group", "type")}. Only an OKTA_GROUP has members that can be changed by hand.`,
      SEARCH_OPERATORS,
      `\`co\` works in ${codes(CONTAINS_ATTRIBUTES.group)} alone.`,
      `\`filter\` knows ${codes(FILTER_ATTRIBUTES.group)}.`,
      "`q` takes the beginning of a name; it has no pages and shows 300 groups at most by default.",
      "Who is in a group is no attribute: list its members. What groups a user is in is a list of the user's.",
      SORTING,
    ],
    examples: [
      { what: "Names that begin alike", query: { search: 'profile.name sw "Eng"' } },
      { what: "A part of a name", query: { search: 'profile.name co "contract"' } },
      { what: "Made by hand, not imported", query: { search: 'type eq "OKTA_GROUP"', sortBy: "profile.name" } },
      {
        what: "Whose members changed since March",
        query: { search: 'lastMembershipUpdated gt "2026-03-01T00:00:00.000Z"' },
      },
      { what: "With a description", query: { search: "profile.description pr" } },
      { what: "Imported, by filter", query: { filter: 'type eq "APP_GROUP"' } },
      { what: "A name that somebody types", query: { q: "Eng" } },
    ],
  },
  applications: {
    title: "Searching applications",
    path: "/api/v1/apps",
    kind: "app",
    facts: [
      "There is no `search`; what cannot be asked has to be picked out of the list.",
      `\`filter\` knows ${codes(FILTER_ATTRIBUTES.app)}.`,
      `Values of \`status\`: ${valuesOf("app", "status")}.`,
      "`name` is the kind of app in Okta's catalogue (`salesforce`, `oidc_client`), which many apps share; `label` is what people see, and no attribute of `filter`.",
      "`q` takes the beginning of a `name` or a `label`.",
      '`filter=user.id eq "…"` lists the apps of one user; with `expand=user/{id}` of the same user it embeds the assignment.',
      "Inactive apps are left out unless `includeNonDeleted` is true or the filter asks for them.",
    ],
    examples: [
      { what: "Active apps", query: { filter: 'status eq "ACTIVE"' } },
      { what: "All apps of one kind", query: { filter: 'name eq "oidc_client"' } },
      { what: "Switched off", query: { filter: 'status eq "INACTIVE"' } },
      { what: "A label that somebody types", query: { q: "Sales" } },
    ],
  },
  logs: {
    title: "Searching the system log",
    path: "/api/v1/logs",
    kind: "logEvent",
    facts: [
      "`since` and `until` are times of their own, not part of the filter. Without `since` Okta looks at the last seven days; it keeps events for 90.",
      `\`filter\` takes every operator of okta://reference/search but brackets: also \`ne\`, \`co\`, \`ew\` and \`not\`.`,
      `Attributes that are asked for most: ${codes(EVENT_ATTRIBUTES)}.`,
      "`target` is a list; a condition on `target.id` holds where any of the targets meets it.",
      `Values of \`outcome.result\`: ${codes(OUTCOMES)}.`,
      `Values of \`severity\`: ${codes(SEVERITIES)}.`,
      "A failed sign-in has the same `eventType` as one that succeeded: the outcome tells them apart.",
      "Which event types there are: okta://reference/events. One that does not exist gives no error, only nothing.",
      "`q` takes up to ten words of up to 40 characters; all of them have to occur somewhere in the event.",
      "`sortOrder` is `ASCENDING` or `DESCENDING`. A limit is at most 1000 for a page.",
      "An id or a login is found most surely by `actor.id` or `target.id`; names change.",
    ],
    examples: [
      {
        what: "Sign-ins that failed",
        query: { filter: 'eventType eq "user.session.start" and outcome.result eq "FAILURE"' },
      },
      { what: "All that somebody did", query: { filter: 'actor.alternateId eq "ada@acme.example"' } },
      { what: "All that was done to an object", query: { filter: 'target.id eq "00u1a2b3c4D5e6F7g8h9"' } },
      {
        what: "Changes of group memberships",
        query: { filter: 'eventType sw "group.user_membership."', sortOrder: "DESCENDING" },
      },
      {
        what: "From one address, without successes",
        query: { filter: 'client.ipAddress eq "203.0.113.7" and outcome.result ne "SUCCESS"' },
      },
      {
        what: "Warnings and errors of a month",
        query: {
          filter: 'severity eq "WARN" or severity eq "ERROR"',
          since: "2026-03-01T00:00:00Z",
          until: "2026-03-31T00:00:00Z",
        },
      },
      { what: "Words, wherever they stand", query: { q: "ada locked" } },
    ],
  },
  policies: {
    title: "Searching policies",
    path: "/api/v1/policies",
    kind: "policy",
    facts: [
      "`type` has to be there: policies of several types need several requests.",
      `Types: ${POLICY_TYPES.map(([type, what]) => `${code(type)} (${what})`).join(", ")}.`,
      "`status` is `ACTIVE` or `INACTIVE`; `q` takes the beginning of a name.",
      "There is no `search` and no `filter`. `expand=rules` embeds the rules of each policy.",
      "Rules are tried by `priority`, the lowest number first, and the first that fits decides.",
    ],
    examples: [
      { what: "Password policies", query: { type: "PASSWORD" } },
      { what: "App sign-in policies that are on", query: { type: "ACCESS_POLICY", status: "ACTIVE" } },
      { what: "By the beginning of a name", query: { type: "OKTA_SIGN_ON", q: "Default" } },
    ],
  },
  devices: {
    title: "Searching devices",
    path: "/api/v1/devices",
    kind: undefined,
    facts: [
      "`search` knows `id`, `status`, `lastUpdated` and the profile: `profile.displayName`, `profile.platform`, `profile.manufacturer`, `profile.model`, `profile.osVersion`, `profile.serialNumber`, `profile.registered`, `profile.managed`, `profile.imei`, `profile.meid`, `profile.udid`, `profile.sid`.",
      "`co` works in `profile.displayName`, `profile.serialNumber`, `profile.imei`, `profile.meid`, `profile.udid` and `profile.sid` alone.",
      "Values of `status`: `ACTIVE`, `DEACTIVATED`, `SUSPENDED`, `UNSUSPENDED`. Values of `profile.platform`: `ANDROID`, `IOS`, `MACOS`, `WINDOWS`.",
      "True and false stand without quotes: `profile.registered eq true`.",
      "No tool of this server lists devices. Who used one stands in the system log, in `client` and among the targets.",
    ],
    examples: [],
  },
};
