import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gif } from "../../support/images.js";
import type { Json } from "../../support/server-process.js";
import type { Act, Scenario } from "../attack.js";
import { ALL_SCOPES, FILE, harmlessArguments, realIds, schemaOf, TOOLS } from "../calls.js";
import { TALKED_INTO } from "../promises.js";

/** Values that would address something else, or break the request line, if they stood in a path as an id. */
const VALUES: readonly string[] = [
  ...["", " ", ".", "..", "/", "a/b", "../x", "..\\x", "//evil.example"],
  ...["%2e%2e", "%2f", "..%2f..%2fgroups", "%5c"],
  ...["a\r\nHost: evil.example", "a\u0000b", "\u200b", "\ud800", "a".repeat(600)],
];

/** Further values that are refused as ids and accepted in logins, where these characters are ordinary ones. */
const NOT_IN_IDS: readonly string[] = ["?", "a?b=c", "#", "a#b", "x%41", "a b"];

/** Matches the arguments that name an object in the path of a request. */
const IN_PATH =
  /^(?:user|group|app|policy|rule|brand|theme|domain|email_domain|customization|device_assurance)_id$|^template_name$/;

/** A well-formed id that no object has. */
const NOBODYS_ID = "harmless-1";

interface Place {
  tool: string;
  argument: string;
}

const places: readonly Place[] = TOOLS.flatMap((tool) => {
  const { properties, required = [] } = schemaOf(tool);
  const named = Object.keys(properties).filter((argument) => IN_PATH.test(argument) && required.includes(argument));
  return named.map((argument) => ({ tool, argument }));
});

/** The arguments among `args` that a tool requires. */
function only(args: Json, tool: string): Json {
  return Object.fromEntries(Object.entries(args).filter(([name]) => schemaOf(tool).required?.includes(name)));
}

/** The segments of each request's path. The requests that the guard makes itself are left out. */
function segmentsSent(act: Act): string[][] {
  const paths = act.requests().map(({ path }) => path.split("?", 1)[0] ?? "");
  return paths.filter((path) => path.startsWith("/api/") && !path.endsWith("/users/me")).map((path) => path.split("/"));
}

const nothingSent = (act: Act) => assert.deepEqual(segmentsSent(act), [], "nothing is sent");

export const ids: Scenario = {
  name: "ids that would leave their path segment",
  promise: TALKED_INTO,
  stage: {
    seed: 1,
    scopes: ALL_SCOPES,
    env: { OKTA_MCP_CONFIRM: "never", OKTA_MCP_FILE_ROOTS: "~/", OKTA_MCP_JOURNAL: "off" },
  },
  async play(act) {
    writeFileSync(join(act.folder, FILE), gif(64));
    const real = realIds(act.sandbox.org);
    for (const { tool, argument } of places) {
      const args = { ...harmlessArguments(tool), ...only(real, tool), [argument]: NOBODYS_ID };
      await act.control(`${tool} sends ${argument}`, {
        call: [tool, args],
        sees: ["ok", "not_found", "bad_input", "conflict", "forbidden", "protected"],
        check({ message }) {
          assert.doesNotMatch(message, /is not an id|is neither an id/);
          assert.notDeepEqual(segmentsSent(act), [], `something is sent: ${message}`);
        },
      });
      const values = argument === "user_id" ? VALUES : [...VALUES, ...NOT_IN_IDS];
      await act.attacks(values, (value) => [
        `${tool} with ${argument} ${JSON.stringify(value).slice(0, 40)}`,
        { call: [tool, { ...args, [argument]: value }], sees: "bad_input", check: () => nothingSent(act) },
      ]);
      if (argument !== "user_id") continue;
      await act.attacks(NOT_IN_IDS, (value) => [
        `${tool} with the login ${JSON.stringify(value)}`,
        {
          call: [tool, { ...args, [argument]: value }],
          sees: ["not_found", "bad_input"],
          reaches: null,
          check() {
            for (const segments of segmentsSent(act)) {
              const [login] = segments.slice(segments.indexOf("users") + 1);
              assert.ok(login === encodeURIComponent(value) || segments.includes("groups"), segments.join("/"));
            }
          },
        },
      ]);
    }
    const profile = { login: "new@acme.example", email: "new@acme.example", firstName: "N", lastName: "Ew" };
    await act.control("create_user sends group_ids", {
      call: ["create_user", { profile, group_ids: ["00gHarmless0000000001"], dry_run: true }],
      sees: ["ok", "not_found", "bad_input"],
      check: () => assert.notDeepEqual(segmentsSent(act), []),
    });
    await act.attacks([...VALUES, ...NOT_IN_IDS], (value) => [
      `create_user with group_ids ${JSON.stringify(value).slice(0, 40)}`,
      { call: ["create_user", { profile, group_ids: [value] }], sees: "bad_input", check: () => nothingSent(act) },
    ]);
  },
};
