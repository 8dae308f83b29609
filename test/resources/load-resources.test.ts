import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadResources } from "../../src/resources/load-resources.js";
import { UnreadableResource } from "../../src/resources/resource-files.js";
import { type ResourceEntry, resourcesSchema, rolesResourcesSchema } from "../../src/resources/resources-schema.js";
import { schemaWords } from "../../src/text/schema-words.js";

let folder: string;
const settingsFile = () => join(folder, "settings", "serve.json");
const beside = (path: string) => join(folder, "settings", path);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "okta-mcp-resources-"));
  mkdirSync(beside("people"), { recursive: true });
  mkdirSync(join(folder, "elsewhere"));
  writeFileSync(beside("policies.md"), "# Time off\n");
  writeFileSync(beside("secret.pem"), "secret");
  writeFileSync(beside("employee.json"), '{"id": "{{gpid}}", "kept": "{{other}}"}');
  writeFileSync(beside("wrong.json"), '{"id": {{gpid}}}');
  writeFileSync(beside("page.html"), "<p>{{gpid}}</p>");
  writeFileSync(beside("latin1.txt"), Buffer.from([0x66, 0xfc, 0x72]));
  writeFileSync(beside("large.txt"), "x".repeat(256 * 1024 + 1));
  writeFileSync(beside("people/G-100.json"), '{"name": "Ann", "gpid": "{{gpid}}"}');
  writeFileSync(beside("people/.hidden.json"), "{}");
  writeFileSync(beside("people/broken.json"), "{");
  writeFileSync(join(folder, "elsewhere/G-200.json"), '{"name": "Bob"}');
  symlinkSync(join(folder, "elsewhere/G-200.json"), beside("people/G-200.json"));
  symlinkSync(beside("policies.md"), beside("linked.md"));
});

afterAll(() => rmSync(folder, { recursive: true }));

function load(entries: ResourceEntry[], roles?: string[]) {
  const mistakes: string[] = [];
  const place = { settingsFile: settingsFile(), roles: roles && new Set(roles) };
  const files = loadResources(entries, place, (path, message) => mistakes.push(`${path.join(".")} ${message}`));
  return { files, mistakes };
}

describe("texts of the settings", () => {
  test("are listed by their URI or template, with the media type of the file", async () => {
    const { files, mistakes } = load([
      { uri: "docs://api/policies", file: "policies.md", title: "Time off" },
      { template: "schema://employee/{gpid}", file: "employee.json", mime_type: "application/schema+json" },
    ]);
    expect(mistakes).toEqual([]);
    expect(files.list()).toEqual([
      { uri: "docs://api/policies", name: "policies.md", title: "Time off", mimeType: "text/markdown" },
    ]);
    expect(files.templates()).toEqual([
      { uriTemplate: "schema://employee/{gpid}", name: "employee.json", mimeType: "application/schema+json" },
    ]);
    expect(await files.read("docs://api/policies")).toEqual({
      uri: "docs://api/policies",
      mimeType: "text/markdown",
      text: "# Time off\n",
    });
    expect(await files.read("docs://api/other")).toBeUndefined();
  });

  test("are read anew each time, also through a link that the settings name", async () => {
    const { files } = load([{ uri: "docs://a", file: "linked.md" }]);
    writeFileSync(beside("policies.md"), "# Changed\n");
    expect(await files.read("docs://a")).toMatchObject({ text: "# Changed\n" });
    writeFileSync(beside("policies.md"), "# Time off\n");
  });

  test("have values in their places, escaped as the media type needs it", async () => {
    const { files } = load([
      { template: "schema://employee/{gpid}", file: "employee.json" },
      { template: "docs://page/{gpid}", file: "page.html" },
    ]);
    const hostile = encodeURIComponent('"}, "admin": true, "<b>');
    expect(await files.read(`schema://employee/${hostile}`)).toMatchObject({
      text: String.raw`{"id": "\"}, \"admin\": true, \"<b>", "kept": "{{other}}"}`,
    });
    expect(await files.read(`docs://page/${hostile}`)).toMatchObject({
      text: "<p>&quot;}, &quot;admin&quot;: true, &quot;&lt;b&gt;</p>",
    });
  });

  test("are chosen by a value within one folder alone", async () => {
    const { files, mistakes } = load([{ template: "people://{gpid}", file: "people/{gpid}.json" }]);
    expect(mistakes).toEqual([]);
    expect(await files.read("people://G-100")).toMatchObject({ text: '{"name": "Ann", "gpid": "G-100"}' });
    const others = ["G-200", "G-300", ".hidden", "..", "%2e%2e%2fsecret.pem%00", "..%2Fsecret", "..%5csecret", "con"];
    for (const value of [...others, "x".repeat(10_000), "a:b", "a.%20"]) {
      expect(await files.read(`people://${value}`), value.slice(0, 30)).toBeUndefined();
    }
    await expect(files.read("people://broken")).rejects.toThrow(UnreadableResource);
  });

  test("that are gone since the start are a fault, and not as if they had never been there", async () => {
    writeFileSync(beside("gone.md"), "here");
    const { files } = load([{ uri: "docs://gone", file: "gone.md" }]);
    rmSync(beside("gone.md"));
    await expect(files.read("docs://gone")).rejects.toThrow(UnreadableResource);
  });

  test("are there for the roles that they name, and for nobody else", async () => {
    const entries = [
      { uri: "docs://all", file: "policies.md", roles: ["staff", "desk"] },
      { uri: "docs://desk", file: "policies.md", roles: ["desk"] },
      { template: "people://{gpid}", file: "people/{gpid}.json", roles: ["desk"] },
    ];
    const { files, mistakes } = load(entries, ["staff", "desk"]);
    expect(mistakes).toEqual([]);
    const [staff, both] = [files.for(new Set(["staff"])), files.for(new Set(["other", "staff", "desk"]))];
    expect(staff.list().map(({ uri }) => uri)).toEqual(["docs://all"]);
    expect(staff.templates()).toEqual([]);
    expect(await staff.read("docs://desk")).toBeUndefined();
    expect(await staff.read("people://G-100")).toBeUndefined();
    expect(both.list()).toHaveLength(2);
    expect(await both.read("people://G-100")).toBeDefined();
    expect(files.for(new Set()).list()).toEqual([]);
  });
});

describe("a mistake in the settings shows at the start", () => {
  test.each([
    [[{ uri: "docs://a", file: "none.md" }], "0.file cannot be read"],
    [[{ uri: "docs://a", file: "people" }], "0.file is no plain file"],
    [[{ uri: "docs://a", file: "large.txt" }], "0.file is larger than 256 KiB"],
    [[{ uri: "docs://a", file: "latin1.txt" }], "0.file is not UTF-8"],
    [[{ template: "docs://{gpid}", file: "wrong.json" }], "0.file is no JSON in which every {{name}}"],
    [[{ template: "docs://{gpid}", file: "people/{id}.json" }], "0.file names {id}, which is no variable"],
    [[{ uri: "docs://a", file: "people/{id}.json" }], "0.file names {id}, which is no variable"],
    [[{ template: "docs://{gpid}", file: "{gpid}.pem" }], "0.file would let a URI choose among the files beside"],
    [[{ template: "docs://{gpid}", file: "../{gpid}/secret.pem" }], "0.file would let a URI choose among the files"],
    [[{ template: "docs://{gpid}", file: "none/{gpid}.md" }], "0.file cannot be read"],
    [[{ template: "docs://{gpid}", file: "policies.md/{gpid}" }], "which is no folder"],
    [
      [
        { uri: "docs://a", file: "policies.md" },
        { uri: "docs://a", file: "linked.md" },
      ],
      "1.uri is there twice",
    ],
    [
      [
        { uri: "docs://a", file: "policies.md" },
        { template: "docs://{b}", file: "policies.md" },
      ],
      "1.template has URIs that docs://a has too",
    ],
    [
      [{ uri: "docs://a", file: "policies.md", roles: ["staf"] }],
      "0.roles.0 is the name of no role; did you mean staff?",
    ],
  ] satisfies [ResourceEntry[], string][])("%j: %s", (entries, mistake) => {
    expect(load(entries, ["staff"]).mistakes).toEqual([expect.stringContaining(mistake)]);
  });

  const file = "policies.md";
  test.each([
    [{ file }, "needs exactly one of uri, template"],
    [{ uri: "docs://a", template: "docs://{b}", file }, "needs exactly one of uri, template"],
    [{ uri: "okta://reference/mine", file }, "has the scheme okta"],
    [{ template: "okta://{a}", file }, "has the scheme okta"],
    [{ uri: "javascript:alert(1)", file }, "is none of a resource"],
    [{ uri: "policies", file }, "is no URI"],
    [{ uri: "docs://a b", file }, "is no URI"],
    [{ uri: "docs://a#b", file }, "is no URI"],
    [{ uri: "docs://ä", file }, "is no URI"],
    [{ uri: "docs://a/{b}", file }, "is no URI"],
    [{ uri: "docs://a/../b", file }, "Write docs://a/b"],
    [{ uri: "https://ACME.test", file }, "Write https://acme.test/"],
    [{ template: "docs://{a}{b}", file }, "between {b}"],
    [{ uri: "docs://a" }, "is missing"],
    [{ uri: "docs://a", file, mime_type: "markdown" }, "is no media type"],
    [{ uri: "docs://a", file, title: "a\u202Eb" }, "nobody sees"],
    [{ uri: "docs://a", file, roles: ["staff"] }, 'unknown key: "roles"'],
    [{ uri: "docs://a", file, text: "x" }, 'unknown key: "text"'],
  ])("%j: %s", (entry, mistake) => {
    const { error } = resourcesSchema().safeParse([entry], { error: schemaWords });
    expect(error?.issues.map(({ message }) => message).join()).toContain(mistake);
  });

  test("roles are needed where there are several people", () => {
    const wrong = (entry: object) => rolesResourcesSchema().safeParse([entry], { error: schemaWords }).error?.issues;
    expect(wrong({ uri: "docs://a", file, roles: ["staff"] })).toBeUndefined();
    expect(wrong({ uri: "docs://a", file })).toMatchObject([{ path: [0, "roles"], message: "is missing" }]);
    expect(wrong({ uri: "docs://a", file, roles: [] })).toMatchObject([{ message: expect.stringContaining("empty") }]);
  });
});
