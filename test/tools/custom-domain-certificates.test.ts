import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { DEFAULT_BRAND_ID } from "../../sandbox/state/brand-store.js";
import { accepts, connect, declines } from "../support/client.js";
import { certificate, certificate_chain, customDomains, HOST, IN_DATE, pem } from "../support/custom-domains.js";
import { HOSTILE_IDS } from "../support/hostile.js";

const { keys, elsewhere, keyFile, withDomain } = customDomains();
const privateKey = pem("leaf.key");

describe("upsert_custom_domain_certificate", () => {
  test("sends certificate, chain and key, and answers with nothing of the key", async () => {
    const { get, lastBody, since, path, upsert, domain_id } = await withDomain();
    expect(await get("upsert_custom_domain_certificate", upsert)).toEqual({ done: true, domain_id });
    expect(since()).toEqual([`PUT ${path}/certificate`]);
    expect(lastBody()).toEqual({ type: "PEM", certificate, certificateChain: certificate_chain, privateKey });
    expect(await get("get_custom_domain", { domain_id })).toMatchObject({
      validationStatus: "COMPLETED",
      publicCertificate: { subject: `CN=${HOST}`, expiration: expect.stringMatching(/^2076-/) },
    });
  });

  test("takes the key from a folder of the client's, by a relative path too", async () => {
    const roots = () => [pathToFileURL(keys).href];
    const { get, since, upsert } = await withDomain({}, { fileRoots: [], roots });
    await get("upsert_custom_domain_certificate", { ...upsert, private_key_file_path: "login.key" });
    expect(since()).toHaveLength(1);
  });

  test.each([
    ["outside the allowed folders", join(elsewhere, "login.key")],
    ["behind a link that leads out of them", join(keys, "link.key")],
    ["up and away", join(keys, "..", "elsewhere", "login.key")],
    ["that is not there", join(keys, "none.key")],
    ["that is a folder", keys],
  ])("reads no key file %s", async (_, private_key_file_path) => {
    const { call, sent, upsert } = await withDomain();
    const { error } = await call("upsert_custom_domain_certificate", { ...upsert, private_key_file_path });
    expect(error?.code).toBe("bad_input");
    expect(sent()).toEqual([]);
  });

  test("takes no key as text, and no file that is far too large for one", async () => {
    const { call, sent, upsert } = await withDomain();
    const { private_key_file_path: _path, ...rest } = upsert;
    expect((await call("upsert_custom_domain_certificate", { ...rest, private_key: "x" })).error?.code).toBe(
      "bad_input",
    );
    expect(
      (await call("upsert_custom_domain_certificate", { ...rest, private_key_file_path: privateKey })).error?.code,
    ).toBe("bad_input");
    writeFileSync(join(keys, "large.key"), privateKey + "#".repeat(64 * 1024));
    const large = await call("upsert_custom_domain_certificate", { ...rest, private_key_file_path: "large.key" });
    expect(large.error?.message).toContain("larger than");
    expect(sent()).toEqual([]);
  });

  const other = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  }).privateKey;
  const encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIFHDBOBgkq\n-----END ENCRYPTED PRIVATE KEY-----\n";

  interface Wrong {
    key?: string;
    nowMs?: number;
    domain?: string;
    certificate?: string;
    certificate_chain?: string;
  }
  const wrongs: [what: string, Wrong, why: string][] = [
    ["another certificate's key", { key: other }, "does not belong"],
    ["an encrypted key", { key: encrypted }, "encrypted with a passphrase"],
    ["no key", { key: certificate }, "no PEM private key"],
    ["a chain of other issuers", { certificate_chain: pem("twin.pem") }, "did not issue"],
    ["a chain in the wrong order", { certificate_chain: pem("root.pem") + certificate_chain }, "wrong order"],
    ["a key that is too small", { certificate: pem("small.pem"), key: pem("small.key") }, "1024 bits"],
    ["an expired certificate", { nowMs: Date.parse("2080-01-01") }, "has expired"],
    ["a certificate that is not valid yet", { nowMs: Date.parse("2020-01-01") }, "valid only from"],
    ["a domain that it is not for", { domain: "shop.acme-robotics.example" }, "is not for"],
  ];
  test.each(wrongs)("sends nothing with %s", async (_, wrong: Wrong, why) => {
    const { key = privateKey, nowMs = IN_DATE(), domain = HOST, ...args } = wrong;
    writeFileSync(join(keys, "wrong.key"), key);
    const connected = await withDomain({ domain }, { now: () => nowMs, person: accepts });
    const { call, since, upsert, logged, asked } = connected;
    const failed = await call("upsert_custom_domain_certificate", {
      ...upsert,
      private_key_file_path: "wrong.key",
      ...args,
    });
    expect(failed.error).toMatchObject({ code: "bad_input", message: expect.stringContaining(why) });
    expect(since()).toEqual([]);
    expect(asked).toEqual([]);
    expectNoKey(key, [failed, logged]);
  });

  /** Fails if any line of the key appears, or the key without its line breaks. */
  function expectNoKey(key: string, shown: unknown): void {
    const all = JSON.stringify(shown);
    const lines = key.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(all).not.toContain(line);
    expect(all).not.toContain("BEGIN PRIVATE KEY");
  }

  test("shows the key in no log, error, question or result, whatever happens to the request", async () => {
    const { call, sandbox, path, upsert, logged, asked, requests } = await withDomain(
      { certificateSourceType: "OKTA_MANAGED" },
      { person: accepts },
    ).then((connected) => ({ ...connected, requests: connected.sandbox.requests }));
    const seen: unknown[] = [];
    const faults = [
      { status: 400, json: { errorCode: "E0000001", errorSummary: `bad key ${privateKey}`, errorCauses: [] } },
      { status: 500, text: privateKey },
      { status: 200, json: { privateKey, echo: { private_key: privateKey } } },
      { fault: "reset" },
      { fault: "malformed" },
    ] as const;
    for (const fault of faults) {
      sandbox.next("PUT", `${path}/certificate`, { ...fault, times: 10 });
      seen.push(await call("upsert_custom_domain_certificate", upsert));
      sandbox.clearFaults();
    }
    seen.push(await call("upsert_custom_domain_certificate", upsert));
    expect(requests.filter(({ body }) => body.includes("BEGIN PRIVATE KEY")).length).toBeGreaterThanOrEqual(
      faults.length,
    );
    expect(logged.join("")).toContain("/certificate");
    expectNoKey(privateKey, [seen, logged, asked]);
  });

  test("asks a person before Okta stops renewing the certificate that it manages", async () => {
    const options = { person: declines };
    const { call, since, asked, upsert, domain_id } = await withDomain(
      { certificateSourceType: "OKTA_MANAGED" },
      options,
    );
    expect((await call("upsert_custom_domain_certificate", upsert)).error?.code).toBe("declined");
    expect(asked[0]?.message).toContain(`Set custom domain certificate: custom domain "${HOST}" (${domain_id})`);
    expect(asked[0]?.message).toContain("- Okta no longer renews the certificate; that is then up to you");
    expect(since()).toEqual([]);

    const yes = await withDomain({ certificateSourceType: "OKTA_MANAGED" }, { person: accepts });
    await yes.get("upsert_custom_domain_certificate", yes.upsert);
    expect(yes.domain).toMatchObject({ certificateSourceType: "MANUAL", validationStatus: "COMPLETED" });

    const renewal = await withDomain({ validationStatus: "COMPLETED" }, { person: declines });
    await renewal.get("upsert_custom_domain_certificate", renewal.upsert);
    expect(renewal.asked).toEqual([]);
  });
});

const TOOLS: Record<string, object> = {
  get_custom_domain: {},
  replace_custom_domain: { brand_id: DEFAULT_BRAND_ID },
  delete_custom_domain: {},
  upsert_custom_domain_certificate: { certificate, certificate_chain, private_key_file_path: keyFile },
  verify_custom_domain: {},
};

test("an id that would leave its place in the path is refused by every tool before any request", async () => {
  const { call, sent } = await connect({ person: accepts, fileRoots: [keys] });
  for (const [name, more] of Object.entries(TOOLS)) {
    for (const hostile of HOSTILE_IDS) {
      const { error } = await call(name, { ...more, domain_id: hostile });
      expect([name, hostile, error?.code]).toEqual([name, hostile, "bad_input"]);
    }
  }
  for (const hostile of HOSTILE_IDS) {
    const { error } = await call("replace_custom_domain", { domain_id: "OcD1", brand_id: hostile });
    expect([hostile, error?.code]).toEqual([hostile, "bad_input"]);
  }
  expect(sent()).toEqual([]);
});
