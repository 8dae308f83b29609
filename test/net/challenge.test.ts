import { expect, test } from "vitest";
import { challengesOf, failedChallenge } from "../../src/net/challenge.js";

const read = (field: string) =>
  challengesOf(new Headers({ "WWW-Authenticate": field })).map(({ scheme, parameters }) => [
    scheme,
    Object.fromEntries(parameters),
  ]);

test.each<[string, [string, object][]]>([
  ["Bearer", [["bearer", {}]]],
  ['Bearer realm="a, b", ERROR="invalid_token"', [["bearer", { realm: "a, b", error: "invalid_token" }]]],
  ["DPoP error=use_dpop_nonce,algs=ES256", [["dpop", { error: "use_dpop_nonce", algs: "ES256" }]]],
  [
    'Basic realm="x", Bearer error = "insufficient_scope", scope="a b"',
    [
      ["basic", { realm: "x" }],
      ["bearer", { error: "insufficient_scope", scope: "a b" }],
    ],
  ],
  ['Bearer realm="error=\\"invalid_token\\""', [["bearer", { realm: 'error="invalid_token"' }]]],
  ['Bearer error="first", error="second"', [["bearer", { error: "first" }]]],
  ['Bearer error="never ends', [["bearer", {}]]],
  ["Negotiate YWJj==, Bearer error=x", [["negotiate", {}]]],
  ["", []],
])("reads %s", (field, expected) => {
  const found = read(field);
  expect(found.slice(0, expected.length)).toEqual(expected);
});

test("finds the challenge that tells an error among others", () => {
  const headers = new Headers({
    "WWW-Authenticate": 'Basic realm="error=no", DPoP algs="ES256", error="invalid_token"',
  });
  expect(failedChallenge(headers)?.scheme).toBe("dpop");
  expect(failedChallenge(new Headers())).toBeUndefined();
});

test.each([
  ["dpop ".repeat(200_000)],
  ['a="'.repeat(300_000)],
  [`${'"\\'.repeat(300_000)}`],
  [" =".repeat(300_000)],
  [", ".repeat(300_000)],
  [`Bearer error=${" ".repeat(500_000)}x`],
])("comes to an end with %#, of which it reads no more than 8,192 characters", (field) => {
  const long = `${field}, Bearer error=x`;
  expect(failedChallenge({ get: () => long } as unknown as Headers)).toBeUndefined();
});
