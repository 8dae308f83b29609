import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { defineTool } from "../../src/tool.js";
import { accepts, connect, type Person } from "../support/client.js";
import { PEERS, type PeerKind } from "../support/peers.js";

/** A tool that sends a request to the org and then reads a file. */
const readsFile = (says: { readsFile?: string }) =>
  defineTool({
    name: "read_file",
    title: "Read file",
    description: "Reads a file.",
    scope: "okta.groups.read",
    effect: "reads",
    ...says,
    input: z.strictObject({ path: z.string() }),
    async run({ okta, readFile }, { path }) {
      await okta.groups.listGroups.page({});
      const { data } = await readFile(path, { maxBytes: 100 });
      await readFile(path, { maxBytes: 100 });
      return { text: Buffer.from(data).toString() };
    },
  });

const readsNone = defineTool({
  name: "list_everything",
  title: "List everything",
  description: "Reads no file.",
  scope: "okta.groups.read",
  effect: "reads",
  input: z.strictObject({}),
  run: async ({ okta }) => ({ items: (await okta.groups.listGroups.page({})).items }),
});

/** Opens a folder that the client names as a root. `asked` holds the earlier requests to the org for each question. */
async function open(peer: PeerKind, says: { readsFile?: string }) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "okta-mcp-roots-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "a.txt");
  writeFileSync(file, "hello");
  const asked: string[][] = [];
  let sent: () => string[] = () => [];
  const tools = { files: { readFile: readsFile(says), listEverything: readsNone } };
  const roots = () => {
    asked.push(sent());
    return [pathToFileURL(folder).href];
  };
  const connected = await connect({ peer, tools, roots });
  ({ sent } = connected);
  return { ...connected, file, asked };
}

describe.each(PEERS)("roots of a client of the sort %s", (peer) => {
  test("are asked for once, before a tool that reads files sends anything, and for no other tool", async () => {
    const { get, file, asked, sent } = await open(peer, { readsFile: "path" });
    await get("list_everything");
    expect(asked).toEqual([]);
    expect(await get("read_file", { path: file })).toEqual({ text: "hello" });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toHaveLength(1);
    expect(sent()).toHaveLength(2);
  });

  test("are not asked for by a tool that does not say that it reads files, and it reads none", async () => {
    const { call, file, asked } = await open(peer, {});
    expect((await call("read_file", { path: file })).error?.code).toBe("bug");
    expect(asked).toEqual([]);
  });

  test("let nothing be read from elsewhere", async () => {
    const { call, asked } = await open(peer, { readsFile: "path" });
    const { error } = await call("read_file", { path: "/etc/hostname" });
    expect(error?.code).toBe("bad_input");
    expect(asked).toHaveLength(1);
  });
});

test.each(PEERS)("a folder that a client of the sort %s closes while a person is asked is closed", async (peer) => {
  const removesByFile = defineTool({
    name: "delete_by_file",
    title: "Delete by file",
    description: "Deletes the group that a file names.",
    scope: "okta.groups.manage",
    effect: "removes",
    readsFile: "path",
    input: z.strictObject({ path: z.string() }),
    impact: async ({ readFile }, { path }) => {
      await readFile(path, { maxBytes: 100 });
      return { target: { type: "group", name: "a", id: "a" }, details: [], state: null };
    },
    change: { state: async () => null, undo: "There is no way back." },
    run: async ({ readFile }, { path }) => ({ text: (await readFile(path, { maxBytes: 100 })).data.toString() }),
  });
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "okta-mcp-roots-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "a.txt");
  writeFileSync(path, "hello");
  const answer = async (closes: boolean) => {
    let open = [pathToFileURL(folder).href];
    const person: Person = (question) => {
      if (closes) open = [];
      return accepts(question);
    };
    const { call, asked } = await connect({
      peer,
      tools: { files: { removesByFile } },
      person,
      roots: () => open,
    });
    const { error, data } = await call("delete_by_file", { path });
    expect(asked).toHaveLength(1);
    return error?.code ?? data;
  };
  expect(await answer(false)).toEqual({ text: "hello" });
  expect(await answer(true)).toBe("bad_input");
});
