import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { OktaMcpError } from "../src/errors/index.js";
import { createLog, type Log, type LogLevel } from "../src/log.js";
import { redact } from "../src/text/redact.js";

const JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIwMHUxIn0.c2lnbmF0dXJl";
const OPAQUE = "00aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789abcd";
const PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n-----END PRIVATE KEY-----";

function logTo(lines: string[], level: LogLevel = "trace"): Log {
  return createLog({
    level,
    stderr: { write: (text) => lines.push(String(text)) > 0 },
    now: () => Date.UTC(2026, 0, 2, 3, 4, 5),
  });
}

describe("a record", () => {
  test("is one line with time, level, message and fields", () => {
    const lines: string[] = [];
    logTo(lines).warn("Rate limit reached", { waitMs: 1200, bucket: "/api/v1/users", why: "two words" });
    expect(lines).toEqual([
      '2026-01-02T03:04:05.000Z warn  Rate limit reached waitMs=1200 bucket=/api/v1/users why="two words"\n',
    ]);
  });

  test("appears only up to the chosen level", () => {
    const lines: string[] = [];
    const log = logTo(lines, "warn");
    log.error("a");
    log.warn("b");
    log.info("c");
    log.debug("d");
    log.trace("e");
    expect(lines.map((line) => line.trim().split(" ").at(-1))).toEqual(["a", "b"]);
  });

  test("shows control characters instead of obeying them", () => {
    const lines: string[] = [];
    logTo(lines).info("name \u001b[31mred\r\n2026 error forged", { group: "a\u202eb\nc\u{e0041}" });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(lines[0]).toContain("<U+001B>[31mred 2026 error forged");
    expect(lines[0]).toContain("<U+202E>");
  });

  test("is cut when it is far too long", () => {
    const lines: string[] = [];
    logTo(lines).info("x".repeat(200_000));
    expect(lines[0]?.length).toBeLessThan(8_200);
    expect(lines[0]).toContain("(cut)");
  });

  test("never throws, whatever it is given", () => {
    const lines: string[] = [];
    const log = logTo(lines);
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const hostile = {
      get boom(): never {
        throw new Error("getter");
      },
    };
    for (const value of [cycle, hostile, 1n, Symbol("s"), () => 1, null, undefined, Number.NaN, new Map([[{}, 1]])]) {
      log.info("value", { value });
    }
    const broken = createLog({
      level: "info",
      stderr: {
        write: () => {
          throw new Error("EPIPE");
        },
      },
    });
    broken.info("nobody hears this");
    expect(lines.some((line) => line.includes('{"self":'))).toBe(true);
    expect(lines.some((line) => line.includes("value=1"))).toBe(true);
  });

  test("tells an error with its causes, and its stack only to developers", () => {
    const error = new OktaMcpError("unreachable", "acme.okta.com did not answer.", { cause: new Error("ECONNRESET") });
    const quiet: string[] = [];
    logTo(quiet, "info").error("Call failed", { error });
    expect(quiet[0]).toContain("unreachable: acme.okta.com did not answer. (because Error: ECONNRESET)");
    expect(quiet[0]).not.toContain(".test.ts");
    const loud: string[] = [];
    logTo(loud, "debug").error("Call failed", { error });
    expect(loud[0]).toContain("log.test.ts");
  });
});

describe("secrets", () => {
  const secret = "hunter2-Zx9";
  test.each([
    ["a bearer token", `Authorization: Bearer ${OPAQUE}`, OPAQUE],
    ["a bearer token in prose", `sent Bearer ${OPAQUE} to acme`, OPAQUE],
    ["a DPoP token", `DPoP ${JWT}`, JWT],
    ["an API token", `Authorization: SSWS ${OPAQUE}`, OPAQUE],
    ["a JWT anywhere", `token was ${JWT}, sorry`, JWT],
    ["a JWT without signature", `${JWT.split(".").slice(0, 2).join(".")}.`, "eyJzdWIi"],
    ["a PEM block", `key: ${PEM} end`, "MIIEvQ"],
    ["a PEM block in JSON", JSON.stringify({ text: PEM }), "MIIEvQ"],
    ["a PEM block cut off", PEM.slice(0, 45), "MIIEvQ"],
    ["a JSON password", `{"password":"${secret}"}`, secret],
    ["a JSON password with quotes in it", JSON.stringify({ password: `a"b ${secret}` }), secret],
    ["a JSON password object", JSON.stringify({ password: { value: secret } }), secret],
    ["JSON inside a JSON string", JSON.stringify(JSON.stringify({ clientSecret: secret, b: 1 })), secret],
    ["an object literal", `{ refresh_token: '${secret}' }`, secret],
    ["a list of tokens", `{"tokens":["x","${secret}"]}`, secret],
    ["a form", `grant_type=refresh_token&refresh_token=${secret}&scope=a`, secret],
    ["a client assertion", `client_assertion=${secret}`, secret],
    ["an authorization code", `/callback?state=1&code=${secret}`, secret],
    ["a device code", `device_code=${secret}`, secret],
    ["a setting", `OKTA_ACCESS_TOKEN=${secret} OKTA_PRIVATE_KEY="${secret}"`, secret],
    ["the user info of a URL", `https://admin:${secret}@acme.okta.com/`, secret],
    ["a cookie", `set-cookie: sid=${secret}; Path=/`, secret],
  ])("%s does not show", (_name, text, hidden) => {
    const lines: string[] = [];
    logTo(lines).info(text, { text, nested: { list: [text] }, error: new Error(text) });
    expect(lines[0]).not.toContain(hidden);
    expect(lines[0]).toContain("[redacted]");
    expect(redact(redact(text))).toBe(redact(text));
  });

  test("fields with a secret's name do not show, whatever they hold", () => {
    const lines: string[] = [];
    logTo(lines).info("x", {
      password: "short",
      nested: { clientSecret: { deep: "short" } },
      headers: new Headers({ DPoP: "short" }),
    });
    expect(lines[0]).not.toContain("short");
  });

  test("what is no secret stays readable", () => {
    const harmless =
      'token_type=Bearer errorCode="E0000011" code=ECONNRESET "code":"bad_config" tokenKept="memory" OKTA_MCP_TOKEN_STORE=file ' +
      "kid=abc client_id=0oa1b2c3 https://acme.okta.com/api/v1/users?limit=200&after=x";
    expect(redact(harmless)).toBe(harmless);
  });

  test("a very long text is searched in reasonable time", () => {
    const lines: string[] = [];
    const startMs = Date.now();
    logTo(lines).info(`${"token=\\".repeat(20_000)}`);
    logTo(lines).info(`"password":"${'\\"'.repeat(50_000)}`);
    logTo(lines).info("a-".repeat(100_000));
    expect(Date.now() - startMs).toBeLessThan(3_000);
  });
});

describe("a log file", () => {
  const folder = mkdtempSync(join(tmpdir(), "okta-mcp-log-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is created for its owner only, and appended to", () => {
    const file = join(folder, "server.log");
    for (const word of ["first", "second"]) {
      const log = createLog({ level: "info", file });
      log.info(word);
      log.close();
      log.info("dropped after close");
    }
    expect(
      readFileSync(file, "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split(" ").at(-1)),
    ).toEqual(["first", "second"]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("that cannot be opened is a bad setting, named with its reason", () => {
    writeFileSync(join(folder, "plain"), "");
    for (const file of [join(folder, "absent", "server.log"), join(folder, "plain", "server.log"), folder]) {
      const open = () => createLog({ level: "info", file });
      expect(open).toThrow(/OKTA_LOG_FILE\) cannot be opened: E(NOENT|NOTDIR|ISDIR)/);
      expect(open).toThrow(expect.objectContaining({ code: "bad_config", exitCode: 2 }));
    }
  });
});
