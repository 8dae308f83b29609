import { execFileSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { OktaMcpError } from "../../src/errors/index.js";
import { foldersOf, readAllowedFile } from "../../src/files/allowed-file.js";
import { requireOrSkip } from "../support/programs.js";

const base = mkdtempSync(join(tmpdir(), "okta-mcp-files-"));
const inside = join(base, "allowed");
const outside = join(base, "outside");
const SECRET = "the secret";

beforeAll(() => {
  mkdirSync(join(inside, "deep"), { recursive: true });
  mkdirSync(outside);
  mkdirSync(join(base, "allowed-not"));
  writeFileSync(join(inside, "logo.png"), "logo");
  writeFileSync(join(inside, "deep", "логотип 標誌.png"), "deep");
  writeFileSync(join(inside, "..dots"), "dots");
  writeFileSync(join(outside, "secret"), SECRET);
  writeFileSync(join(base, "allowed-not", "secret"), SECRET);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const read = (path: string, { roots = [inside], maxBytes = 1000 } = {}) => readAllowedFile(path, { roots, maxBytes });

async function text(path: string, options?: Parameters<typeof read>[1]): Promise<string> {
  return Buffer.from((await read(path, options)).data).toString();
}

async function refusal(path: string, options?: Parameters<typeof read>[1]): Promise<OktaMcpError> {
  const error: unknown = await read(path, options).then(
    () => expect.unreachable("the file was read"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OktaMcpError)) throw error;
  expect(error.code).toBe("bad_input");
  expect(`${error.message} ${error.fix}`).not.toContain(SECRET);
  return error;
}

describe("what may be read", () => {
  test("is a file inside an allowed folder, by its absolute path", async () => {
    const file = await read(join(inside, "logo.png"));
    expect({ name: file.name, text: Buffer.from(file.data).toString() }).toEqual({ name: "logo.png", text: "logo" });
  });

  test("has its whole name and bytes, also deep inside and in any script", async () => {
    const data = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    writeFileSync(join(inside, "deep", "bytes"), data);
    expect(Buffer.from((await read(join(inside, "deep", "bytes"))).data).equals(data)).toBe(true);
    expect((await read(join(inside, "deep", "логотип 標誌.png"))).name).toBe("логотип 標誌.png");
  });

  test("is found by a relative path in whichever allowed folder has it", async () => {
    const roots = [join(base, "gone"), inside, join(inside, "deep")];
    expect(await text("logo.png", { roots })).toBe("logo");
    expect(await text("логотип 標誌.png", { roots })).toBe("deep");
    expect(await text("deep/../logo.png", { roots })).toBe("logo");
    expect(await text("..dots", { roots })).toBe("dots");
  });

  test("may be reached by links that stay inside, and through a linked allowed folder", async () => {
    symlinkSync("../logo.png", join(inside, "deep", "link.png"));
    symlinkSync(inside, join(base, "linked"));
    expect(await text(join(inside, "deep", "link.png"))).toBe("logo");
    expect((await read(join(inside, "deep", "link.png"))).name).toBe("logo.png");
    expect(await text(join(base, "linked", "logo.png"), { roots: [join(base, "linked")] })).toBe("logo");
    expect(await text(join(inside, "logo.png"), { roots: [join(base, "linked")] })).toBe("logo");
  });

  test("may be anything where a person allowed the root of the file system", async () => {
    expect(await text(join(outside, "secret"), { roots: ["/"] })).toBe(SECRET);
  });

  test("may have exactly the number of bytes allowed, and be empty", async () => {
    writeFileSync(join(inside, "full"), Buffer.alloc(1000, 1));
    writeFileSync(join(inside, "empty"), "");
    expect((await read(join(inside, "full"))).data).toHaveLength(1000);
    expect((await read(join(inside, "empty"))).data).toHaveLength(0);
  });
});

describe("what is refused", () => {
  test("is everything where no folder is allowed, with advice", async () => {
    const error = await refusal(join(inside, "logo.png"), { roots: [] });
    expect(error.message).toMatch(/no folder is allowed/);
    expect(error.fix).toMatch(/OKTA_MCP_FILE_ROOTS.*client's roots/);
  });

  test("is everything where no allowed folder exists", async () => {
    const error = await refusal(join(inside, "logo.png"), { roots: [join(base, "gone")] });
    expect(error.message).toMatch(/no allowed folder exists.*gone/);
  });

  test.each([
    ["an absolute path elsewhere", () => join(outside, "secret")],
    ["a way out with dots", () => `${inside}/../outside/secret`],
    ["a relative way out", () => "../outside/secret"],
    ["a relative way to the root", () => relative(inside, "/etc/passwd")],
    ["a neighbour whose name begins alike", () => join(base, "allowed-not", "secret")],
    ["the allowed folder itself", () => inside],
    ["a file of the process", () => "/proc/self/environ"],
    ["an address", () => pathToFileURL(join(outside, "secret")).href],
    ["a home folder written short", () => "~/.ssh/id_rsa"],
    ["a NUL character", () => `${inside}/logo.png\0.txt`],
    ["an endless path", () => `${inside}/${"a".repeat(300)}`],
    ["an empty path", () => ""],
  ])("is %s", async (_name, path) => {
    const error = await refusal(path());
    expect(error.data).toEqual({ allowed_folders: [inside] });
    expect(error.fix).toContain(inside);
    expect(error.fix).toMatch(/OKTA_MCP_FILE_ROOTS/);
  });

  test("is a link that leads out, a linked folder that leads out, and a circle of links", async () => {
    symlinkSync(join(outside, "secret"), join(inside, "out"));
    symlinkSync(outside, join(inside, "out-folder"));
    symlinkSync(join(inside, "circle"), join(inside, "circle"));
    for (const path of ["out", "out-folder", "out-folder/secret", "circle"]) {
      expect((await refusal(path)).message).toMatch(/no such file inside an allowed folder/);
      expect((await refusal(join(inside, path))).message).toMatch(/no such file inside an allowed folder/);
    }
  });

  test("is a folder, a device, a pipe and a socket, none of which is opened or waited for", async (context) => {
    requireOrSkip(context, "mkfifo");
    execFileSync("mkfifo", [join(inside, "pipe")]);
    const socket = createServer().listen(join(inside, "socket"));
    await new Promise((resolve) => socket.once("listening", resolve));
    for (const name of ["deep", "pipe", "socket"]) {
      expect((await refusal(join(inside, name))).message).toMatch(/no regular file/);
    }
    for (const device of ["/dev/zero", "/dev/tty", "/dev/null"]) {
      expect((await refusal(device, { roots: ["/dev"] })).message).toMatch(/no regular file|no such file/);
    }
    socket.close();
  });

  test("is a file larger than what is taken, with the number", async () => {
    writeFileSync(join(inside, "large"), Buffer.alloc(1001));
    expect((await refusal(join(inside, "large"))).message).toMatch(/larger than 1000 bytes/);
  });

  test("is a file that is not there, in the words that are said of one outside", async () => {
    symlinkSync(outside, join(inside, "door"));
    symlinkSync(join(outside, "secret"), join(inside, "to-file"));
    symlinkSync(join(outside, "nothing"), join(inside, "to-nothing"));
    symlinkSync(join(base, "closed"), join(inside, "to-closed"));
    mkdirSync(join(outside, "folder"));
    symlinkSync(join(inside, "logo.png"), join(outside, "back"));
    mkdirSync(join(base, "closed", "deep"), { recursive: true });
    chmodSync(join(base, "closed"), 0);
    const answer = async (path: string) => {
      const { code, message, fix, data } = await refusal(path);
      return { code, message: message.replace(JSON.stringify(path), "PATH"), fix, data };
    };
    const missing = await answer(join(inside, "nothing.png"));
    expect(missing.message).toBe("The file PATH was not read: there is no such file inside an allowed folder.");
    const outsideAll = [
      "secret",
      "nothing",
      "folder",
      "folder/nothing",
      "folder/",
      "secret/",
      "secret/nothing",
      "nothing/nothing",
      "back",
      "back/nothing",
      `folder/../../${basename(inside)}/missing.png`,
    ];
    const ways = [
      ...outsideAll.map((path) => `${outside}/${path}`),
      ...outsideAll.map((path) => `../outside/${path}`),
      ...outsideAll.map((path) => `door/${path}`),
      ...outsideAll.map((path) => `${inside}/door/${path}`),
      ...[
        "door",
        "to-file",
        "to-nothing",
        "to-nothing/x",
        "to-file/x",
        "to-closed",
        "to-closed/deep",
        "to-closed/none",
      ],
      ...["logo.png/x", "deep/x", "deep/x/y", "", ".", "deep/..", inside, base, "/"],
    ];
    for (const path of ways) {
      expect(await answer(path), path).toEqual(missing);
    }
    chmodSync(join(base, "closed"), 0o700);
  });

  test("is never asked for outside, so that a way through a folder there and back is none", async () => {
    mkdirSync(join(outside, "there"), { recursive: true });
    symlinkSync(outside, join(inside, "through"));
    const back = `../../${basename(inside)}/logo.png`;
    const [exists, none] = [`${inside}/through/there/${back}`, `${inside}/through/none/${back}`];
    // The `..` of a path are resolved in its text, whether or not the folders before them exist.
    const results = await Promise.all([exists, none].map((path) => text(path).catch((error: Error) => error.message)));
    expect(results[0]?.replaceAll("there", "none")).toBe(results[1]?.replaceAll("there", "none"));
  });

  test("is a name longer than any file has, before a folder is asked", async () => {
    symlinkSync(outside, join(inside, "long"));
    for (const folder of [inside, join(inside, "long"), join(inside, "long", "nothing"), outside]) {
      expect((await refusal(join(folder, "a".repeat(300)))).message).toMatch(/path is too long/);
    }
  });

  test("is quoted with nothing hidden", async () => {
    const { message } = await refusal(`${outside}/a\n\u202ebc`);
    expect(message).toContain("a <U+202E>bc");
    expect(message).not.toMatch(/[\n\u202e]/);
  });
});

test("a file swapped for a link while it is read never gives what lies outside", async () => {
  const target = join(inside, "racing");
  const honest = join(inside, "honest");
  const link = join(inside, "link-out");
  const seen = new Map<string, number>();
  for (let round = 0; round < 300; round += 1) {
    rmSync(target, { force: true });
    linkSync(join(inside, "logo.png"), honest);
    renameSync(honest, target);
    symlinkSync(join(outside, "secret"), link);
    const reading = text(target).catch((error: unknown) => (error instanceof OktaMcpError ? "refused" : "failed"));
    // The swap comes between two steps of the reading, between others in each round.
    for (let turn = 0; turn < round % 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    renameSync(link, target);
    const outcome = await reading;
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
  }
  expect([...seen.keys()].filter((outcome) => outcome !== "logo" && outcome !== "refused")).toEqual([]);
  expect(seen.get("refused")).toBeGreaterThan(0);
});

/** Makes `process.platform` return another platform for the rest of the test. */
function pretend(platform: NodeJS.Platform): void {
  const own = process.platform;
  Object.defineProperty(process, "platform", { value: platform });
  onTestFinished(() => void Object.defineProperty(process, "platform", { value: own }));
}

describe("where case does not tell files apart", () => {
  const written = join(base.toUpperCase(), "ALLOWED");

  test("a path may name its allowed folder in another case, and its accents in another encoding", async () => {
    await refusal(join(written, "logo.png"));
    pretend("darwin");
    expect(await text(join(written, "logo.png"))).toBe("logo");
    const composed = join(base, "r\u00e9sum\u00e9s");
    mkdirSync(composed);
    writeFileSync(join(composed, "one"), "one");
    expect(await text(join(base, "re\u0301sume\u0301s", "one"), { roots: [composed] })).toBe("one");
  });

  test("what is outside stays outside", async () => {
    pretend("darwin");
    for (const path of [`${written}-not/secret`, `${written}/../outside/secret`, join(base, "OUTSIDE", "secret")]) {
      expect((await refusal(path)).message).toMatch(/no such file inside an allowed folder/);
    }
  });
});

test("a name may have as many characters as a disk that counts characters takes", async () => {
  // The name has more than 255 bytes. Windows and macOS accept it; a disk that does not has no such file.
  expect((await refusal(join(inside, "資".repeat(100)))).message).toMatch(/no such file/);
  expect((await refusal(join(inside, "資".repeat(256)))).message).toMatch(/path is too long/);
});

describe("the roots of a client", () => {
  test("are its local folders, percent escapes resolved", () => {
    expect(foldersOf(["file:///srv/brand", "file:///srv/my%20brand"])).toEqual(["/srv/brand", "/srv/my brand"]);
  });

  test("give nothing where they are no local folder", () => {
    const odd = ["https://example.com/x", "file://host/share", "not an address", "file:///a%2Fb", "/srv", ""];
    expect(foldersOf(odd)).toEqual([]);
  });
});
