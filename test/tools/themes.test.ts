import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { JAPAN_BRAND_ID } from "../../sandbox/seed/brands.js";
import { brandArea, DEFAULT_BRAND_ID } from "../../sandbox/state/brand-store.js";
import { accepts, type ConnectOptions, connect, declines } from "../support/client.js";
import { HOSTILE_IDS } from "../support/hostile.js";
import { gif, ico, jpg, png } from "../support/images.js";
import { requireOrSkip } from "../support/programs.js";

const base = mkdtempSync(join(tmpdir(), "okta-mcp-themes-"));
const images = join(base, "images");
const outside = join(base, "outside");

beforeAll(() => {
  for (const folder of [images, outside]) mkdirSync(folder);
  const files = { "a.png": png(300, 50), "b.jpg": jpg(300, 50), "c.gif": gif(300, 50), "d.ico": ico(16, 32) };
  for (const [name, data] of Object.entries(files)) writeFileSync(join(images, name), data);
  writeFileSync(join(images, "square.png"), png(64));
  writeFileSync(join(outside, "secret.png"), png(10));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A client for an org with its brands' themes, and where the default brand's theme is. */
async function open(options: ConnectOptions = {}, brandId = DEFAULT_BRAND_ID) {
  const connected = await connect({ fileRoots: [images], ...options });
  const store = connected.org.area(brandArea);
  const brand = store.get(brandId);
  if (brand === undefined) throw new Error(`There is no brand ${brandId}.`);
  const theme = () => store.themeOf(brand);
  const place = { brand_id: brandId, theme_id: theme().id };
  return { ...connected, store, brand, theme, place, path: `/api/v1/brands/${brandId}/themes/${place.theme_id}` };
}

test("list_brand_themes and get_brand_theme show a theme whole, unknown fields included", async () => {
  const { get, place, sent, path } = await open({ seed: 1 }, JAPAN_BRAND_ID);
  const expected = { primaryColorHex: "#bc002d", signInPageTouchPointVariant: "BACKGROUND_IMAGE" };
  const known = expect.objectContaining({ ...expected, seasonalAccentHex: "#f7c6c7" });
  const list = await get("list_brand_themes", { brand_id: JAPAN_BRAND_ID });
  expect(list).toMatchObject({ items: [known], total_fetched: 1, has_more: false });
  expect(await get("get_brand_theme", place)).toEqual(known);
  expect(sent()).toEqual([`GET /api/v1/brands/${JAPAN_BRAND_ID}/themes`, `GET ${path}`]);
});

describe("replace_brand_theme", () => {
  const required = {
    primary_color_hex: "#1662DD",
    secondary_color_hex: "#ebebed",
    sign_in_page_touch_point_variant: "BACKGROUND_IMAGE",
    end_user_dashboard_touch_point_variant: "LOGO_ON_FULL_WHITE_BACKGROUND",
    error_page_touch_point_variant: "OKTA_DEFAULT",
    email_template_touch_point_variant: "FULL_THEME",
  };
  const everything = {
    ...required,
    primary_color_contrast_hex: "#000000",
    secondary_color_contrast_hex: "#FFFFFF",
    loading_page_touch_point_variant: "NONE",
  };

  test("sends every setting by Okta's names, colours as they were written", async () => {
    const { get, place, lastBody, writes, path } = await open();
    const answer = await get("replace_brand_theme", { ...place, ...everything });
    expect(lastBody()).toEqual({
      primaryColorHex: "#1662DD",
      primaryColorContrastHex: "#000000",
      secondaryColorHex: "#ebebed",
      secondaryColorContrastHex: "#FFFFFF",
      signInPageTouchPointVariant: "BACKGROUND_IMAGE",
      endUserDashboardTouchPointVariant: "LOGO_ON_FULL_WHITE_BACKGROUND",
      errorPageTouchPointVariant: "OKTA_DEFAULT",
      emailTemplateTouchPointVariant: "FULL_THEME",
      loadingPageTouchPointVariant: "NONE",
    });
    expect(writes()).toEqual([`PUT ${path}`]);
    expect(answer).toMatchObject({ id: place.theme_id, emailTemplateTouchPointVariant: "FULL_THEME" });
  });

  test("keeps the images", async () => {
    const { get, place, store, brand, theme } = await open();
    store.changeTheme(brand, { logo: "https://acme.example/logo.png" });
    await get("replace_brand_theme", { ...place, ...everything });
    expect(theme().logo).toBe("https://acme.example/logo.png");
  });

  test("names the optional settings that would get lost, unless they are what Okta takes anyway", async () => {
    const { call, get, place, store, brand, lastBody, writes } = await open({ person: accepts });
    const contrasts = ["primaryColorContrastHex", "secondaryColorContrastHex"];
    const { error } = await call("replace_brand_theme", { ...place, ...required });
    expect(error?.code).toBe("would_remove");
    expect(error?.data.would_be_lost).toEqual(contrasts);
    store.changeTheme(brand, { loadingPageTouchPointVariant: "NONE", seasonalAccentHex: "#f7c6c7" });
    const again = await call("replace_brand_theme", { ...place, ...required });
    expect(again.error?.data.would_be_lost).toEqual([
      ...contrasts,
      "loadingPageTouchPointVariant",
      "seasonalAccentHex",
    ]);
    expect(writes()).toEqual([]);
    await get("replace_brand_theme", { ...place, ...required, allow_removals: true });
    expect(lastBody()).not.toHaveProperty("primaryColorContrastHex");
  });

  test.each(["1662dd", "#1662d", "#1662ddff", "#16g2dd", "red", " ", "#1662dd\n", "rgb(0,0,0)", "#fff"])(
    "refuses %j as a colour, with the form that is meant",
    async (colour) => {
      const { call, place, sent } = await open();
      for (const name of ["primary_color_hex", "secondary_color_contrast_hex"]) {
        const { error } = await call("replace_brand_theme", { ...place, ...everything, [name]: colour });
        expect(error?.message).toMatch(new RegExp(`${name}.*#RRGGBB`));
      }
      expect(sent()).toEqual([]);
    },
  );

  test("names the variants there are, and lets Okta judge one that was added later", async () => {
    const { call, place, sent, sandbox, get, path } = await open();
    const named = await call("replace_brand_theme", {
      ...place,
      ...everything,
      email_template_touch_point_variant: "full",
    });
    expect(named.error?.message).toMatch(/email_template_touch_point_variant.*FULL_THEME, OKTA_DEFAULT/);
    expect(sent()).toEqual([]);
    const later = { ...place, ...everything, error_page_touch_point_variant: "HOLOGRAM" };
    const judged = await call("replace_brand_theme", later);
    expect(judged.error?.code).toBe("bad_input");
    expect(judged.error?.message).toMatch(/BACKGROUND_IMAGE, BACKGROUND_SECONDARY_COLOR, OKTA_DEFAULT/);
    sandbox.next("PUT", path, { status: 200, json: { errorPageTouchPointVariant: "HOLOGRAM" } });
    expect(await get("replace_brand_theme", later)).toEqual({ errorPageTouchPointVariant: "HOLOGRAM" });
  });
});

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

/** The one part of a multipart body. */
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
