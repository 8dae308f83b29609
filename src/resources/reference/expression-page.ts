import { REFERENCE } from "./reference-uri.js";
import { code, page } from "./text-parts.js";

/** A function of the dialect that came first: how it is called, and what it gives. */
type Row = readonly [call: string, gives: string];

const TEXTS: readonly Row[] = [
  ['String.stringContains(user.email, "@acme.")', "whether a text holds another"],
  ['String.startsWith(user.login, "ext-")', "whether it begins with another"],
  ["String.append(one, other)", "both, one after the other; `+` does the same"],
  ['String.join("-", one, two, …)', "all, with the first between them"],
  ["String.len(text)", "its number of characters"],
  ["String.toUpperCase(text), String.toLowerCase(text)", "capital or small letters"],
  ["String.removeSpaces(text)", "without spaces"],
  ["String.replace(text, old, new), String.replaceFirst(text, old, new)", "with all, or the first, replaced"],
  ["String.substring(text, from, to)", "a part, counted from 0, without the character at `to`"],
  [
    'String.substringBefore(user.email, "@"), String.substringAfter(user.email, "@")',
    "what stands before or after a mark",
  ],
  [
    'String.stringSwitch(user.city, "other", "Oslo", "NO", "Bonn", "DE")',
    "the value behind the first key that occurs, else the second argument",
  ],
];

const LISTS: readonly Row[] = [
  ["Arrays.contains(list, value)", "whether a list has a value"],
  ["Arrays.add(list, value), Arrays.remove(list, value), Arrays.clear(list)", "a changed list"],
  ["Arrays.get(list, 0), Arrays.size(list), Arrays.isEmpty(list)", "one value, their number, whether there is none"],
  ["Arrays.flatten(one, two, …)", "one list of all"],
  ["Arrays.toCsvString(list)", "the values as one text, with commas"],
];

const OTHERS: readonly Row[] = [
  ["Convert.toInt(text), Convert.toNum(text)", "a number of a text"],
  ["Time.now()", "the time of the evaluation, ISO 8601; it takes a zone and a format"],
  [
    "Time.fromStringToIso8601(text, format), Time.fromIso8601ToString(time, format)",
    "a time from a text and back; likewise with Unix and Windows in place of String",
  ],
  ["Iso3166Convert.toAlpha2(country)", "two letters for a country; toAlpha3, toNumeric and toName likewise"],
  ['getManagerUser("active_directory").email', "an attribute of the manager whom a directory names"],
  ['user.getLinkedObject("manager").login', "an attribute of somebody who is linked"],
];

const GROUPS: readonly Row[] = [
  ['isMemberOfGroup("00g1a2b3c4D5e6F7g8h9")', "by the group's id, which stays when the name changes"],
  ['isMemberOfAnyGroup("00g1…", "00g2…")', "in at least one of them"],
  ['isMemberOfGroupName("Sales")', "by the exact name"],
  ['isMemberOfGroupNameStartsWith("ext-"), isMemberOfGroupNameContains("ext")', "by a part of the name"],
  ['isMemberOfGroupNameRegex("^eng-[0-9]+$")', "by a regular expression"],
];

const shown = (rows: readonly Row[]) => rows.map(([call, gives]) => `${code(call)}: ${gives}`);

/** Okta Expression Language, in both of its dialects. */
export function expressionPage(): string {
  return page(
    "Okta Expression Language",
    "Two dialects share a name. Which one counts depends on where the expression stands; one for the other is refused, or gives nothing.",
    "## Where which dialect counts",
    [
      "The older one: group rules (`urn:okta:expression:1.0`), profile mappings, user name formats of apps and identity providers, claims of authorization servers, SAML attribute statements.",
      "The one of Identity Engine: custom conditions in rules of app sign-in policies, words that passwords may not hold, access certifications, entitlement policies, federated claims.",
    ],
    "| | older | Identity Engine |\n| --- | --- | --- |\n| attribute | `user.department` | `user.profile.department` |\n| status, id | `user.getInternalProperty(\"id\")`; in group rules no status | `user.status`, `user.id` |\n| part of a text | `String.stringContains(user.email, \"x\")` | `user.profile.email.contains('x')` |\n| before a mark | `String.substringBefore(user.email, \"@\")` | `user.profile.email.substringBefore('@')` |\n| group | `isMemberOfGroup(\"00g…\")` | `user.isMemberOf({'group.id': '00g…'})` |\n| group by name | `isMemberOfGroupName(\"Sales\")` | `user.isMemberOf({'group.profile.name': 'Sales', 'operator': 'EXACT'})` |\n| device, risk | none | `device.profile.managed`, `security.risk.level == 'HIGH'` |",
    "## Operators, in both",
    [
      "`==`, `!=`, `<`, `>`, `<=`, `>=`; a single `=` is refused.",
      "`AND` or `&&`, `OR` or `||`, `!` for not, parentheses.",
      "`condition ? one : other`, as in `user.nickName != null ? user.nickName : user.firstName`.",
      "`+` puts texts together. `null` stands for an attribute without a value, and most functions fail on it: ask for it first.",
      "Texts are compared with regard to case: bring both sides to small letters where it should not count.",
    ],
    "## Older dialect: texts",
    shown(TEXTS),
    "## Older dialect: lists, numbers, times",
    shown([...LISTS, ...OTHERS]),
    "## Group rules",
    [
      "The result has to be true or false, of attributes of the Okta profile and of groups alone: no `appuser`, no status.",
      "Group functions are for group rules, and for claims where Okta says so:",
    ],
    shown(GROUPS),
    [
      'Example: `user.department == "Sales" AND !isMemberOfGroup("00g1a2b3c4D5e6F7g8h9")`.',
      "A rule that asks for a group which another rule fills is evaluated late: ask for the attribute itself.",
      "A new rule is inactive. Once active it puts people in and takes them out by itself; those whom it put in cannot be taken out by hand without becoming an exception.",
      "It looks at people when their profile changes; deactivated people and those not yet activated stay as they are.",
    ],
    "## Profile mappings, user names, claims",
    [
      "The result becomes the value of the attribute, so its type has to be that of the attribute.",
      "`appuser.x` is an attribute of the app's profile, `idpuser.x` of an identity provider's, `user.x` of Okta's.",
      'A user name: `String.toLowerCase(String.substringBefore(user.email, "@"))`.',
      'Groups in a claim: `Groups.startsWith("OKTA", "eng-", 100)`, also `Groups.contains` and `Groups.endsWith`; the limit is 100 at most, and more makes the token fail.',
    ],
    `Attributes of this org beyond Okta's own are in its user schema. What can be searched for is another grammar: ${REFERENCE}/search.`,
  );
}
