import { describe, expect, test } from "vitest";
import { isTrustedAddress, plainDomain } from "../../src/people/trusted-domains.js";

const DOMAINS = ["acme.com", "xn--bcher-kva.example"];

describe("S2: an address counts where it is verified and at exactly a trusted domain", () => {
  test.each<[string, unknown, boolean]>([
    ["ada@acme.com", true, true],
    ["A@ACME.COM", true, true],
    ["ada+okta@acme.com", true, true],
    ["ada@bücher.example", true, true],
    ["ada@BÜCHER.example", true, true],
    ["ada@xn--bcher-kva.example", true, true],
    ["a@acme.com@evil.com", true, false],
    ["a@evil.com@acme.com", true, false],
    ['"a@evil.com"@acme.com', true, false],
    ["a@sub.acme.com", true, false],
    ["a@evilacme.com", true, false],
    ["a@acme.com.evil.com", true, false],
    ["a@acme.com.", true, false],
    ["a@.acme.com", true, false],
    ["a@аcme.com", true, false],
    ["a@ａｃｍｅ.com", true, false],
    ["a@acme。com", true, false],
    ["a@acme.com/evil", true, false],
    ["a@acme.com:80", true, false],
    ["a@acme.com?x", true, false],
    ["a@acme.com\n", true, false],
    ["a@ acme.com", true, false],
    ["a@acme.com\u200b", true, false],
    ["@acme.com", true, false],
    ["acme.com", true, false],
    ["ada@", true, false],
    ["", true, false],
    ["ada@acme.com", false, false],
    ["ada@acme.com", undefined, false],
    ["ada@acme.com", "true", false],
  ])("%j, verified %j: %j", (email, verified, trusted) => {
    expect(isTrustedAddress({ email, emailVerified: verified === true }, DOMAINS)).toBe(trusted);
  });

  test("without an address there is no domain; without domains everybody is trusted", () => {
    expect(isTrustedAddress({ email: undefined, emailVerified: true }, DOMAINS)).toBe(false);
    expect(isTrustedAddress({ email: undefined, emailVerified: false }, [])).toBe(true);
  });

  test.each([
    ["acme.com", "acme.com"],
    ["ACME.com", "acme.com"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["localhost", undefined],
    ["*.acme.com", undefined],
    ["@acme.com", undefined],
    ["https://acme.com", undefined],
    ["acme.com/x", undefined],
    [`${"a".repeat(64)}.com`, undefined],
  ])("serve.json may name %j as %j", (given, plain) => {
    expect(plainDomain(given)).toBe(plain);
  });
});
