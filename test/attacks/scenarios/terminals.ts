import { type Act, runCommand, type Scenario } from "../attack.js";
import { ALL_SCOPES } from "../calls.js";
import { TERMINAL } from "../promises.js";
import { assertVisible, TEXTS } from "./injection.js";

/** Makes the command write as for a person: its output counts as a terminal without colours. */
const AS_A_TERMINAL = [
  "--import",
  "data:text/javascript,for (const one of [process.stdout, process.stderr]) { one.isTTY = true; one.columns = 120; }",
];

/** Commands with output for a person. All hostile texts are in the org at once. */
const COMMANDS: readonly (readonly string[])[] = [
  ["call", "list_groups"],
  ["call", "list_groups", "--wide"],
  ["call", "list_groups", "--json"],
  ["call", "list_users"],
  ["call", "list_users", "--wide"],
  ["call", "list_applications", "--wide"],
  ["call", "get_logs", "--wide"],
  ["call", "get_group", "--arg", "group_id=HOSTILE"],
  ["call", "get_group", "--arg", "group_id=HOSTILE", "--json"],
  ["call", "get_user", "--arg", "user_id=\u001b[2J\u202e"],
  ["call", "list_groups", "--arg", "\u001b[2J=1"],
  ["call", "\u001b]0;x\u0007"],
  ["\u001b[31m"],
  ["journal"],
  ["status"],
];

const runInTerminal = (act: Act, args: readonly string[]) =>
  runCommand(act, args, { env: { TERM: "dumb" }, nodeFlags: AS_A_TERMINAL });

/** The exit codes of a command that did its work, refused it, or found an error in its arguments or settings. */
const ANY_END = ["0", "1", "2"];

const tableOfGroups = (act: Act) => ({
  does: () => runInTerminal(act, ["call", "list_groups"]),
  sees: "0",
  says: /^id +name.*\n.*Pilot/,
});

const terminal: Scenario = {
  name: "texts of the org in a terminal",
  promise: TERMINAL,
  stage: { scopes: ALL_SCOPES },
  async play(act) {
    const { org } = act.sandbox;
    await act.control("a list of groups", tableOfGroups(act));
    const everything = Object.fromEntries(TEXTS.map(([, text]) => [text, text]));
    const hostile = org.addGroup({ profile: { name: "Hostile fields", ...everything } });
    for (const [, text] of TEXTS) {
      org.addGroup({ profile: { name: text, description: text, [`x ${text}`]: text } });
      org.addUser({ profile: { login: text, firstName: text, lastName: text, [text]: text } });
      org.addApp({ label: text });
      org.log({ eventType: text, displayMessage: text, outcome: { result: "FAILURE", reason: text } });
      await act.server.call("update_group", { group_id: hostile.id, profile: { name: text, ...everything } });
    }
    await act.attacks(COMMANDS, (args) => [
      JSON.stringify(args.join(" ")),
      {
        does: () =>
          runInTerminal(
            act,
            args.map((arg) => arg.replace("HOSTILE", hostile.id)),
          ),
        sees: ANY_END,
        check: ({ text }) => assertVisible(text, { lines: true }),
      },
    ]);
  },
};

/** The number of columns that a table has at most. */
const MAX_COLUMNS = 6;

const parts = Array.from({ length: Math.ceil(TEXTS.length / MAX_COLUMNS) }, (_, part) =>
  TEXTS.slice(part * MAX_COLUMNS, (part + 1) * MAX_COLUMNS),
);

/** Names of fields become headings where an item has none of the fields that okta-mcp prefers. */
const headings: Scenario = {
  name: "names of fields in the headings of a table",
  promise: TERMINAL,
  stage: { scopes: ALL_SCOPES },
  async play(act) {
    await act.control("a list of groups", tableOfGroups(act));
    await act.attacks(parts, (part) => [
      part.map(([kind]) => kind).join(", "),
      {
        async does() {
          const fields = Object.fromEntries(part.map(([, text]) => [text, "x"]));
          act.sandbox.next("GET", "/api/v1/groups", { status: 200, json: [fields, fields] });
          return runInTerminal(act, ["call", "list_groups", "--wide"]);
        },
        sees: ANY_END,
        check: (seen) => assertVisible(seen.text, { lines: true }),
      },
    ]);
  },
};

export const terminals: readonly Scenario[] = [terminal, headings];
