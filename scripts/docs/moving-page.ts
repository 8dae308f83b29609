import { readFileSync } from "node:fs";
import type { Catalogue, CatalogueEntry } from "../../src/catalogue/catalogue.js";
import { block, code, page, table } from "./markdown.js";

/** The tools of okta-mcp-server 1.1.4 that are here too, with their arguments; "name?" may be left out. */
const official: { arguments: { [tool: string]: string[] } } = JSON.parse(
  readFileSync(new URL("../../test/fixtures/official-tools.json", import.meta.url), "utf8"),
);

/** Tools of okta-mcp-server that are not here, and what to do instead. */
export const NOT_HERE: Readonly<Record<string, string>> = {
  confirm_delete_application:
    "Not needed. `delete_application` asks the person itself, like every other removal; see [Confirmation](#confirmation).",
  confirm_delete_group:
    "Not needed. `delete_group` asks the person itself, like every other removal; see [Confirmation](#confirmation).",
  export_users_csv: "A job for the shell, so that no tool writes files; see [Users as CSV](#users-as-csv).",
};

/** The arguments of okta-mcp-server that have another meaning here. All others mean the same. */
const DIFFERENCES: readonly (readonly [tools: string, argument: string, difference: string])[] = [
  [
    "every list",
    "limit",
    "Okta's own bounds, which differ from list to list. `limit: 1` returns one item. A limit above Okta's maximum is refused. 1.1.4 raised and cut numbers to bounds of its own, for most lists 20 to 100 and without a word.",
  ],
  [
    "every list",
    "fetch_all",
    "Goes on to the end of the list, however many pages, or to the size limit of a result; `next_cursor` then continues at the exact item. 1.1.4 ended after a fixed number of pages: 500 by default, 10 for users, 50 for the log.",
  ],
  [
    "every list",
    "after",
    "Takes the `next_cursor` of an answer, as there; cursors of the two servers are not exchangeable.",
  ],
  ["every tool", "all ids", "Checked before anything is sent: no slash, `?`, `#`, `%`, white space, `.` or `..`."],
  ["get_user and others", "user_id", "An id or a login; a login may have any character but a slash."],
  ["create_user", "profile", "Goes to Okta as it is; `credentials`, `group_ids` and others may join it."],
  ["update_user", "profile", "May be left out where `credentials` or `realm_id` is given; `null` clears an attribute."],
  [
    "update_application, update_group, update_policy, update_policy_rule, replace_…",
    "the body",
    "Full replaces, as Okta has them. A body that lacks what is set now is refused with the names of what would be lost, until `allow_removals` is true.",
  ],
  [
    "create_policy, update_policy, create_policy_rule, update_policy_rule",
    "policy_data, rule_data",
    "A body without `type` takes that of the policy or the object that is replaced, and the answer says so; `create_policy` refuses it, with the list of types. Fields and types that Okta adds later go through.",
  ],
  [
    "create_device_assurance_policy, replace_device_assurance_policy",
    "user_stated_os_version",
    "Sets `osVersion.minimum`, on ChromeOS that of `thirdPartySignalProviders.dtc`; refused where the body names another version.",
  ],
  [
    "list_device_assurance_policies",
    "version_threshold",
    "Compares number by number, and lists policies without a minimum apart, as `without_minimum`.",
  ],
  [
    "upload_brand_theme_…",
    "file_path",
    "Only inside the allowed folders (`OKTA_MCP_FILE_ROOTS`, and the roots that the client declares); the kind of image is recognised by content.",
  ],
  [
    "upsert_custom_domain_certificate",
    "private_key_file_path",
    "The same; key, certificate, chain and dates are checked before anything is sent.",
  ],
  [
    "get_logs",
    "since, until",
    "A window without `until` ends now, so that paging through it ends; every valid filter goes through. A time without a zone is UTC, and `-7d`, `24h`, `today` and `yesterday` are times too.",
  ],
  [
    "delete_email_customization",
    "language",
    "Compared without regard to case where it is given; a wrong one stops the call.",
  ],
];

const RESULTS: readonly (readonly [what: string, there: string, here: string])[] = [
  ["one object", "mostly a list with one item", "the object"],
  [
    "a list",
    "`items`, `total_fetched`, `has_more`, `next_cursor`, `fetch_all_used`, `pagination_info`",
    "`items`, `total_fetched`, `has_more`, `next_cursor`, and a `note` where it was cut; in the text a table, `items_table`, for `items` where that is shorter",
  ],
  ["a user in a list", "a pair of `profile` and `id`, without the status", "the whole record, as Okta sent it"],
  [
    "an event of `get_logs`",
    "the whole event",
    "time, type, actor, target, outcome and address; the whole event with `full: true`, or what `fields` names of it",
  ],
  [
    "`get_login_failures`",
    "all events, and a summary",
    "a summary by user, reason and last address; the latest events too with `events: true`",
  ],
  [
    "an object's fields",
    "as Okta's Python library reads them",
    "all that Okta sent, but for `_links` and masked secrets",
  ],
  ["no answer from Okta", "a sentence", '`{ "done": true }` with the ids of the call'],
  [
    "a failure",
    "a successful result that holds an object with `error` or `exception`",
    "`isError`, a code out of a closed set, what to do, whether to try again",
  ],
  [
    "get_user_profile_attributes",
    "the profile of one user, values included",
    "the org's schema (with `okta.schemas.read`), or names only, marked as inferred",
  ],
];

/** The arguments that a tool takes besides theirs, without those that many tools share. */
function ownAdditions({ input }: CatalogueEntry, theirs: readonly string[]): string[] {
  return Object.keys(input.shape).filter((name) => !theirs.includes(name));
}

/** The page for people who come from Okta's own server. */
export function movingPage(catalogue: Catalogue): string {
  const ours = catalogue.entries.filter(({ name }) => Object.hasOwn(official.arguments, name));
  const names = (tool: string) => (official.arguments[tool] ?? []).map((argument) => argument.replace("?", ""));
  const argumentCount = ours.reduce((sum, { name }) => sum + names(name).length, 0);
  const additions = ours.flatMap((tool) => {
    const more = ownAdditions(tool, names(tool.name));
    return more.length > 0 ? [[code(tool.name), more.map(code).join(", ")]] : [];
  });
  const further = catalogue.entries.filter(({ name }) => !Object.hasOwn(official.arguments, name));
  const theirTools = ours.length + Object.keys(NOT_HERE).length;
  return page(
    "Moving from okta-mcp-server",
    "For those who use Okta's own server, okta-mcp-server (compared with its version 1.1.4): what stays as it is, what differs, and why.",
    "## What is the same",
    `- ${ours.length} of its ${theirTools} tools, under the same names. With all their arguments (${argumentCount}), under the same names; what may be left out there may be left out here.\n- The scopes, and which tool needs which.\n- The settings \`OKTA_ORG_URL\`, \`OKTA_CLIENT_ID\`, \`OKTA_SCOPES\`, \`OKTA_PRIVATE_KEY\` and \`OKTA_KEY_ID\`, and the two apps in Okta: native with the device grant, or API Services with a key.\n\nPrompts and automations can name the same tools and arguments. What reads the answers has to be adapted, since [results](#results) have another form, and so has what relies on the [arguments that do otherwise](#arguments-that-do-otherwise).`,
    "## Setting up",
    table(
      ["", "okta-mcp-server", "okta-mcp"],
      [
        ["runs on", "Python (uv, uvx, pipx, pip), or Docker", "Node.js 20.19 or later"],
        ["client entry", "`uvx okta-mcp-server`, or `uv` with a checkout", "[`mcp.json.example`](../mcp.json.example)"],
        ["proof of possession (DPoP)", "has to be switched off in the app", "stays on"],
        ["keys", "RSA in PEM", "RSA and EC, as PEM (PKCS #8, PKCS #1) or JWK, also as a file: `OKTA_PRIVATE_KEY_FILE`"],
        ["sign-in", "when the server starts", "by the first call that needs it, or by `okta-mcp login`"],
        ["scopes that were asked for and not granted", "their tools stay in the list", "their tools leave the list"],
      ],
    ),
    "## Tools that are not here",
    table(
      ["tool", "instead"],
      Object.entries(NOT_HERE).map(([name, instead]) => [code(name), instead]),
    ),
    "### Confirmation",
    "There, a removal in a client that cannot ask its person answers with the request to call another tool, or, for some tools, is simply done. Here every removal goes one way, and without a yes nothing happens:",
    "- A client that can ask (elicitation) shows the person the target by name and what goes with it, such as the members of a group, and nothing happens before the answer.\n- In any other client the first call changes nothing and answers `needs_confirmation` with the same text and a value. The same call with that value in `confirmation` does it. The value is good for five minutes, for this tool, these arguments and this state of the target.\n- For jobs without a person there is `OKTA_MCP_CONFIRM=never`, which has to be set on purpose; `elicit-only` refuses clients that cannot ask.",
    "A value that a model passes on is no proof that a person agreed. With `elicit-only` the client has to ask, and its answer is as good as the client.",
    "### Users as CSV",
    "The same list, through the same code, for a file of your choice ([jq](https://jqlang.org) turns JSON into CSV; [Install](../README.md#install) puts `okta-mcp` on your PATH):",
    block(
      "sh",
      [
        "(umask 077 && okta-mcp call list_users --arg fetch_all=true --arg search='status eq \"ACTIVE\"' \\",
        "  --arg fields=id,status,profile.login,profile.department --max-result-chars 10000000 --json |",
        '  jq -r \'def safe: if type == "string" and test("^[=+@\\t\\r-]") then "\\u0027" + . else . end;',
        "    .items[] | [.id, .status, .profile.login, .profile.department] | map(safe) | @csv' > users.csv)",
      ].join("\n"),
    ),
    "With `umask 077` a new file can be read by you alone. `safe` puts an apostrophe before a text that a spreadsheet would run as a formula, such as a department called `=HYPERLINK(…)`.",
    "`--max-result-chars` lifts the limit that keeps answers small for models; `has_more` says whether it was reached.",
    "## Arguments that do otherwise",
    table(
      ["tools", "argument", "here"],
      DIFFERENCES.map(([tools, argument, difference]) => [
        tools,
        argument
          .split(", ")
          .map((one) => (one.includes(" ") ? one : code(one)))
          .join(", "),
        difference,
      ]),
    ),
    "## Results",
    table(["", "okta-mcp-server", "okta-mcp"], RESULTS),
    "Why: a model that reads half a record draws wrong conclusions from it, and a failure that looks like a success is taken for one.",
    "## What there is besides",
    `Every tool takes \`fields\`, every tool that reads \`include_links\`, every list \`count_only\`, every tool that writes \`dry_run\`; see [tools.md](tools.md). ${
      further.length > 0 ? `Further tools: ${further.map(({ name }) => code(name)).join(", ")}. ` : ""
    }Further optional arguments:`,
    table(["tool", "further arguments"], additions),
  );
}
