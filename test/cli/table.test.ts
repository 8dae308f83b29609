import { describe, expect, test } from "vitest";
import { displayWidth } from "../../src/cli/columns.js";
import { renderTable } from "../../src/cli/table.js";
import type { Json } from "../../src/json/json.js";

const USERS: Json[] = [
  {
    id: "00uAAAAAAAAAAAAAAAA1",
    status: "ACTIVE",
    created: "2024-01-02T03:04:05.000Z",
    lastLogin: null,
    profile: { login: "ada.lovelace@acme.example", firstName: "Ada", lastName: "Lovelace" },
  },
  {
    id: "00uAAAAAAAAAAAAAAAA2",
    status: "DEPROVISIONED",
    created: "2024-01-02T03:04:05.000Z",
    profile: { login: "a-very-long-login-name-that-does-not-end@acme.example", firstName: "李小龍", lastName: "X" },
  },
];

describe("a table", () => {
  test("shows what is telling, in columns", async () => {
    expect(await renderTable(USERS, { width: 125 })).toBe(
      [
        "id                    login                                                  status         firstName  lastName  created",
        "00uAAAAAAAAAAAAAAAA1  ada.lovelace@acme.example                              ACTIVE         Ada        Lovelace  2024-01-02",
        "00uAAAAAAAAAAAAAAAA2  a-very-long-login-name-that-does-not-end@acme.example  DEPROVISIONED  李小龍     X         2024-01-02",
      ].join("\n"),
    );
  });

  test.each([20, 40, 60, 80, 100, 120, 200])(
    "fits %i characters and cuts times and ids before a name",
    async (width) => {
      const lines = (await renderTable(USERS, { width })).split("\n");
      expect(lines).toHaveLength(3);
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      const [id = "", login = ""] = (lines[2] ?? "").split(/ {2,}/);
      if (width >= 65) expect(login).toBe("a-very-long-login-name-that-does-not-end@acme.example");
      if (width < 125 && width > 20) expect(id).toMatch(/^00uAA[^ ]*…$/);
      if (width >= 140) expect(lines[2]).toMatch(/^00uAAAAAAAAAAAAAAAA2 .* 2024-01-02T03:04Z$/);
    },
  );

  test("never cuts what is there to be copied, nor the only thing by which a record is known", async () => {
    const whole = ["id"];
    for (const width of [24, 40, 80]) {
      const [, , row = ""] = (await renderTable(USERS, { width, fields: ["profile.login", "id"], whole })).split("\n");
      expect(row).toMatch(/ 00uAAAAAAAAAAAAAAAA2$/);
    }
    const nameless: Json[] = [
      { id: "00uAAAAAAAAAAAAAAAA2", status: "x".repeat(60), created: "2024-01-02T03:04:05.000Z" },
    ];
    expect(await renderTable(nameless, { width: 50 })).toMatch(/^00uAAAAAAAAAAAAAAAA2/m);
  });

  test("is not cut where the width does not matter", async () => {
    const items: Json[] = [{ id: "1", name: "n".repeat(200), profile: { description: "d".repeat(200) } }];
    const table = await renderTable(items, { width: Number.POSITIVE_INFINITY });
    expect(table).toContain(`${"n".repeat(200)}  ${"d".repeat(200)}`);
  });

  test("leaves columns out rather than crush them", async () => {
    expect(await renderTable(USERS, { width: 50 })).toMatch(/^id +login\n.*ada\.lovelace@acme\.example/);
  });

  test("has the columns that were asked for, in that order", async () => {
    const fields = ["profile.lastName", "id", "profile.absent"];
    expect(await renderTable(USERS, { width: 80, fields })).toMatch(/^lastName +id +absent\nLovelace +00u/);
  });

  test("keeps every column that was asked for, however narrow it gets", async () => {
    const fields = ["profile.login", "status", "profile.firstName", "created"];
    const [head = ""] = (await renderTable(USERS, { width: 40, fields })).split("\n");
    expect(head.trim().split(/ {2,}/)).toHaveLength(4);
  });

  test("takes records it knows nothing of", async () => {
    const items: Json[] = [{ colour: "red", deep: { size: 2 }, list: [1] }, { colour: "blue" }];
    expect(await renderTable(items, { width: 80 })).toBe("colour  deep.size\nred     2\nblue");
  });

  test("takes plain values and odd records", async () => {
    expect(await renderTable(["a", 1, null, [1, 2]], { width: 80 })).toBe("value\na\n1\n\n[1,2]");
    expect(await renderTable([{}], { width: 80 })).toBe("");
  });

  test("shows control and invisible characters instead of obeying them", async () => {
    const name = "a\u001b[2Jb\nc\u202ed\u200b\u{e0041}";
    const table = await renderTable([{ id: "1", name }], { width: 80 });
    expect(table).toBe("id  name\n1   a<U+001B>[2Jb c<U+202E>d<U+200B><U+E0041>");
  });

  test("takes keys that look like paths or prototypes", async () => {
    const items = JSON.parse('[{"id":"1","a.b":"dotted","__proto__":"x","constructor":"y"}]');
    expect(await renderTable(items, { width: 80, fields: ["a.b", "__proto__", "constructor", "toString"] })).toMatch(
      /dotted +x +y$/,
    );
  });

  test("stays quick with many and with huge values", async () => {
    const items = Array.from({ length: 2_000 }, (_, index) => ({ id: String(index), name: "x".repeat(100_000) }));
    const startMs = Date.now();
    await renderTable(items, { width: 80 });
    expect(Date.now() - startMs).toBeLessThan(5_000);
  });
});
