import { expect, test } from "vitest";
import { MemoryJournal } from "../../src/journal/memory-journal.js";
import { accepts, declines } from "../support/client.js";
import { connectApis, json, loaded, notesSettings, startApi } from "./support-api.js";

/** A service in which a GET changes something, as the settings say, beside another operation of the same path. */
async function notes(effect: "changes" | "removes", options: Parameters<typeof connectApis>[1] = {}) {
  const api = await startApi(json(200, { id: "7", text: "Gone" }));
  const operations = [{ id: "getNote", effect }, { id: "deleteNote" }, { id: "patchNote" }];
  const apis = await loaded({ hr: notesSettings(api.origin, { prefix: "", operations }) });
  return { api, ...(await connectApis(apis, options)) };
}

test("a GET that removes something is sent after a yes alone, and once", async () => {
  const refused = await notes("removes", { person: declines });
  expect((await refused.call("get_note", { id: "7" })).error?.code).toBe("declined");
  expect(refused.api.sent()).toEqual([]);
  const agreed = await notes("removes", { person: accepts });
  await agreed.get("get_note", { id: "7" });
  expect(agreed.api.sent()).toEqual(["GET /v1/notes/7"]);
});

test("a preview sends no GET that changes something", async () => {
  for (const effect of ["changes", "removes"] as const) {
    const { api, get } = await notes(effect);
    const preview = await get("get_note", { id: "7", dry_run: true });
    expect(preview).toMatchObject({ dry_run: true, request: { method: "GET", path: "/notes/7" } });
    await get("patch_note", { id: "7", body: { text: "a" }, dry_run: true });
    expect(api.sent()).toEqual([]);
  }
});

test("a GET that changes something is on record, and no other call of its path reads with it", async () => {
  const journal = new MemoryJournal();
  const { api, get } = await notes("changes", { journal, person: accepts });
  await get("get_note", { id: "7" });
  await get("delete_note", { id: "7" });
  expect(api.sent()).toEqual(["GET /v1/notes/7", "DELETE /v1/notes/7"]);
  const { items } = await get("list_changes");
  expect(items).toMatchObject([
    { tool: "delete_note", outcome: "done" },
    { tool: "get_note", outcome: "done" },
  ]);
});

test("a GET that changes something and was not answered may have been done", async () => {
  const api = await startApi((request, response) => request.method === "GET" && response.destroy());
  const operations = [{ id: "getNote", effect: "changes" }];
  const apis = await loaded({ hr: notesSettings(api.origin, { prefix: "", operations }) });
  const { call } = await connectApis(apis);
  const { error } = await call("get_note", { id: "7" });
  expect(error?.code).toBe("api_down");
  expect(error?.message).toContain("The change may have been made all the same.");
});
