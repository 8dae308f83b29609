import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { accepts, declines } from "../support/client.js";
import { HOSTILE_IDS } from "../support/hostile.js";
import { gif, ico, jpg, png } from "../support/images.js";
import { requireOrSkip } from "../support/programs.js";
import { themes } from "../support/themes.js";

const { images, outside, open } = themes();

const UPLOADS = [
  { tool: "upload_brand_theme_logo", segment: "logo", field: "logo", status: 200 },
  { tool: "upload_brand_theme_favicon", segment: "favicon", field: "favicon", status: 201 },
  {
    tool: "upload_brand_theme_background_image",
    segment: "background-image",
    field: "backgroundImage",
    status: 201,
  },
] as const;

/** The only part of a multipart body. */
async function partOf(request: { headers: Record<string, string>; rawBody: Buffer } | undefined) {
  const { headers = {}, rawBody = Buffer.alloc(0) } = request ?? {};
  const form = await new Response(new Uint8Array(rawBody), {
    headers: { "content-type": headers["content-type"] ?? "" },
  }).formData();
  const [part, another] = [...form];
  expect(another).toBeUndefined();
  if (part === undefined || typeof part[1] === "string") throw new Error("There is no file in the body.");
  const [name, file] = part;
  return { name, fileName: file.name, type: file.type, data: Buffer.from(await file.arrayBuffer()) };
}

describe.each(UPLOADS)("$tool", ({ tool, segment, field, status }) => {
  test("sends the file as one part called file, byte for byte, and answers with its address", async () => {
    const { get, place, path, sandbox, theme, writes } = await open();
    const data = png(64);
    const answer = await get(tool, { ...place, file_path: join(images, "square.png") });
    const request = sandbox.requests.at(-1);
    expect(await partOf(request)).toEqual({ name: "file", fileName: "square.png", type: "image/png", data });
    expect(request?.status).toBe(status);
    expect(writes()).toEqual([`POST ${path}/${segment}`]);
    expect(answer).toEqual({ url: theme()[field] });
  });

  test("survives a rate limit byte for byte", async () => {
    const { get, place, path, sandbox } = await open();
    sandbox.next("POST", `${path}/${segment}`, {
      status: 429,
      headers: { "X-Rate-Limit-Reset": String(Math.floor(Date.now() / 1000)), "Retry-After": "0" },
      json: { errorCode: "E0000047", errorSummary: "API call exceeded rate limit due to too many requests." },
    });
    await get(tool, { ...place, file_path: join(images, "square.png") });
    const attempts = sandbox.requests.filter(({ method }) => method === "POST");
    expect(attempts.map((attempt) => attempt.status)).toEqual([429, status]);
    expect(await partOf(attempts[1])).toEqual(await partOf(attempts[0]));
    expect((await partOf(attempts[1])).data.equals(png(64))).toBe(true);
  });

  test("goes by the content of a file and not by its name", async () => {
    const { get, place, sandbox } = await open();
    writeFileSync(join(images, "really a picture.txt"), gif(20));
    await get(tool, { ...place, file_path: "really a picture.txt" });
    const part = await partOf(sandbox.requests.at(-1));
    expect(part).toMatchObject({ fileName: "really a picture.txt.gif", type: "image/gif" });
    expect(part.data.equals(gif(20))).toBe(true);
  });

  test.each([
    ["logo", png(64), "logo.png"],
    ["download", jpg(64), "download.jpg"],
    ["picture.png", gif(64), "picture.png.gif"],
    [".gif", gif(64), ".gif.gif"],
    ["Photo.JPEG", jpg(64), "Photo.JPEG"],
  ])("sends a file called %s by a name that ends as its content is", async (name, data, fileName) => {
    const { get, place, sandbox } = await open();
    writeFileSync(join(images, name), data);
    await get(tool, { ...place, file_path: name });
    expect(await partOf(sandbox.requests.at(-1))).toMatchObject({ fileName, data });
  });

  test.each([
    ["a web page called .png", "<html>", /no image of a known format/],
    ["a private key called .png", "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN", /no image of a known format/],
    ["an SVG called .png", "<svg xmlns='http://www.w3.org/2000/svg'/>", /no image of a known format/],
    ["an empty file called .png", "", /no image of a known format/],
  ])("refuses %s, before any request and without a word of it", async (_name, content, reason) => {
    const { call, place, sent, logged } = await open();
    writeFileSync(join(images, "other.png"), content);
    const { error, text } = await call(tool, { ...place, file_path: join(images, "other.png") });
    expect(error?.code).toBe("bad_input");
    expect(error?.message).toMatch(reason);
    expect(error?.fix).toMatch(/PNG, JPG, GIF/);
    if (content !== "") expect(text + logged.join("")).not.toContain(content.slice(0, 12));
    expect(sent()).toEqual([]);
  });

  test("refuses what lies outside the allowed folders, however it is reached, and names the folders", async () => {
    const { call, place, sent } = await open();
    rmSync(join(images, "link.png"), { force: true });
    symlinkSync(join(outside, "secret.png"), join(images, "link.png"));
    const ways = [
      join(outside, "secret.png"),
      `${images}/../outside/secret.png`,
      "../outside/secret.png",
      join(images, "link.png"),
      "link.png",
      "/etc/passwd",
      "/proc/self/environ",
      "/dev/zero",
      pathToFileURL(join(outside, "secret.png")).href,
    ];
    for (const file_path of ways) {
      const { error } = await call(tool, { ...place, file_path });
      expect([file_path, error?.code]).toEqual([file_path, "bad_input"]);
      expect(error?.fix).toContain(images);
      expect(error?.fix).toMatch(/OKTA_MCP_FILE_ROOTS/);
    }
    expect(sent()).toEqual([]);
  });

  test("refuses a folder and a pipe", async (context) => {
    requireOrSkip(context, "mkfifo");
    const { call, place, sent } = await open();
    mkdirSync(join(images, "folder.png"), { recursive: true });
    rmSync(join(images, "pipe.png"), { force: true });
    execFileSync("mkfifo", [join(images, "pipe.png")]);
    for (const file_path of ["folder.png", "pipe.png"]) {
      expect((await call(tool, { ...place, file_path })).error?.message).toMatch(/no regular file/);
    }
    expect(sent()).toEqual([]);
  });

  test("is advised how to allow a folder where there is none", async () => {
    const { call, place, sent } = await open({ fileRoots: [] });
    const { error } = await call(tool, { ...place, file_path: join(images, "a.png") });
    expect(error?.code).toBe("bad_input");
    expect(error?.fix).toMatch(/OKTA_MCP_FILE_ROOTS/);
    expect(sent()).toEqual([]);
  });
});

describe("what Okta takes as an image", () => {
  test("is a PNG, JPG or GIF, and an ICO as a favicon only", async () => {
    const { get, call, place, sandbox } = await open();
    for (const tool of ["upload_brand_theme_logo", "upload_brand_theme_background_image"]) {
      for (const [name, type] of Object.entries({ "a.png": "png", "b.jpg": "jpeg", "c.gif": "gif" })) {
        await get(tool, { ...place, file_path: name });
        expect((await partOf(sandbox.requests.at(-1))).type).toBe(`image/${type}`);
      }
      expect((await call(tool, { ...place, file_path: "d.ico" })).error?.message).toMatch(/its content is ICO/);
    }
    await get("upload_brand_theme_favicon", { ...place, file_path: "d.ico" });
    const part = await partOf(sandbox.requests.at(-1));
    expect(part.type).toBe("image/x-icon");
    expect(part.data.equals(ico(16, 32))).toBe(true);
  });

  test("is a logo of at most 100 kB and a background of at most 2 MB", async () => {
    const { get, call, place, sent } = await open();
    const sized = (bytes: number) => Buffer.concat([png(300, 50), Buffer.alloc(bytes)]).subarray(0, bytes);
    const tries: [tool: string, bytes: number][] = [
      ["upload_brand_theme_logo", 100 * 1024],
      ["upload_brand_theme_background_image", 2 * 1024 * 1024],
    ];
    for (const [tool, bytes] of tries) {
      writeFileSync(join(images, "large.png"), sized(bytes + 1));
      const before = sent().length;
      expect((await call(tool, { ...place, file_path: "large.png" })).error?.message).toContain(String(bytes));
      expect(sent()).toHaveLength(before);
      writeFileSync(join(images, "large.png"), sized(bytes));
      await get(tool, { ...place, file_path: "large.png" });
    }
  });

  test("is a square favicon of at most 512 pixels", async () => {
    const { get, call, place, sent } = await open();
    for (const data of [png(64, 63), gif(513), jpg(300, 50), png(1024)]) {
      writeFileSync(join(images, "icon"), data);
      const { error } = await call("upload_brand_theme_favicon", { ...place, file_path: "icon" });
      expect(error?.message).toMatch(/\d+ x \d+ pixels/);
    }
    expect(sent()).toEqual([]);
    for (const data of [png(512), gif(16), jpg(32), ico(256)]) {
      writeFileSync(join(images, "icon"), data);
      await get("upload_brand_theme_favicon", { ...place, file_path: "icon" });
    }
  });
});

describe("the client's roots", () => {
  test("allow what lies in them, besides the folders of the settings", async () => {
    const { get, call, place } = await open({
      roots: () => ["vscode-vfs://github/acme/site", pathToFileURL(outside).href, "no URI at all"],
    });
    await get("upload_brand_theme_logo", { ...place, file_path: join(outside, "secret.png") });
    await get("upload_brand_theme_logo", { ...place, file_path: join(images, "a.png") });
    expect((await call("upload_brand_theme_logo", { ...place, file_path: "/etc/passwd" })).error?.data).toEqual({
      allowed_folders: [images, outside],
    });
  });

  test("are asked for anew by every call that reads a file", async () => {
    let roots: string[] = [];
    const { get, call, place } = await open({ fileRoots: [], roots: () => roots });
    const args = { ...place, file_path: join(images, "a.png") };
    expect((await call("upload_brand_theme_logo", args)).error?.message).toMatch(/no folder is allowed/);
    roots = [pathToFileURL(images).href];
    await get("upload_brand_theme_logo", args);
    roots = ["https://acme.example/images", "file://elsewhere/images"];
    expect((await call("upload_brand_theme_logo", args)).error?.message).toMatch(/no folder is allowed/);
  });

  test("that the client fails to list allow nothing", async () => {
    const { call, place, sent } = await open({ fileRoots: [], roots: () => Promise.reject(new Error("no")) });
    const { error } = await call("upload_brand_theme_logo", { ...place, file_path: join(images, "a.png") });
    expect(error?.code).toBe("bad_input");
    expect(sent()).toEqual([]);
  });
});

describe.each([
  { tool: "delete_brand_theme_logo", segment: "logo", field: "logo", after: /okta-logo/ },
  { tool: "delete_brand_theme_favicon", segment: "favicon", field: "favicon", after: /favicon\.ico/ },
  {
    tool: "delete_brand_theme_background_image",
    segment: "background-image",
    field: "backgroundImage",
    after: /^null$/,
  },
])("$tool", ({ tool, segment, field, after }) => {
  test("shows which image of which brand goes, and deletes it once the person agrees", async () => {
    const { get, place, path, store, brand, theme, asked, writes } = await open({ person: accepts });
    store.changeTheme(brand, { [field]: "https://acme.example/own.png" });
    expect(await get(tool, place)).toEqual({ done: true, ...place });
    expect(asked[0]?.message).toContain(brand.name);
    expect(asked[0]?.message).toContain("now https://acme.example/own.png");
    expect(writes()).toEqual([`DELETE ${path}/${segment}`]);
    expect(String(theme()[field])).toMatch(after);
  });

  test("does nothing when the person declines, and asks for a value where nobody can be asked", async () => {
    const declined = await open({ person: declines });
    expect((await declined.call(tool, declined.place)).error?.code).toBe("declined");
    const alone = await open();
    const { error } = await alone.call(tool, alone.place);
    expect(error?.code).toBe("needs_confirmation");
    expect([...declined.writes(), ...alone.writes()]).toEqual([]);
    await alone.get(tool, { ...alone.place, confirmation: error?.data.confirmation });
    expect(alone.writes()).toHaveLength(1);
  });
});

test("an id that would leave its place in the path is refused by every tool before any request", async () => {
  const { call, sent, place } = await open({ person: accepts });
  const uploads = UPLOADS.map(({ tool }) => tool);
  const removals = uploads.map((tool) => tool.replace("upload", "delete"));
  for (const name of ["list_brand_themes", "get_brand_theme", "replace_brand_theme", ...uploads, ...removals]) {
    for (const id of HOSTILE_IDS) {
      for (const argument of name === "list_brand_themes" ? ["brand_id"] : ["brand_id", "theme_id"]) {
        const base = name === "list_brand_themes" ? {} : place;
        const file = name.startsWith("upload") ? { file_path: "a.png" } : {};
        const { error } = await call(name, { ...base, ...file, [argument]: id });
        expect([name, id, error?.code]).toEqual([name, id, "bad_input"]);
        expect(error?.message).toContain(argument);
      }
    }
  }
  expect(sent()).toEqual([]);
});
