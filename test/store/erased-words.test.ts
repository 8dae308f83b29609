import { expect, test } from "vitest";
import { firstLine } from "../journal/lines.js";
import { eachDatabase, openTestStore, personWith } from "./stores.js";

eachDatabase("the words of somebody who was erased", (database) => {
  /** What is left of a change of somebody with a login. */
  async function afterErasing(login: string, change: Parameters<typeof firstLine>[0]) {
    const { store } = await openTestStore({ database });
    const { id } = await store.people.signedIn(personWith({ login, email: login, name: "unknown" }));
    await store.journalFor({ person: id, sees: "own" }).append(firstLine(change));
    await store.erasure.erase(id, { by: "operator" });
    return (await store.companyJournal.page({ limit: 9 })).changes[0]?.change;
  }

  test("are taken out where they are words, and what a line says of the change stays", async () => {
    const change = await afterErasing("user", {
      id: "chg-user-1",
      tool: "user",
      effect: "user",
      outcome: "unknown",
      arguments: { by: "user", of: "superuser", kind: "user_type", text: "(user), user." },
    });
    expect(change).toMatchObject({
      id: "chg-user-1",
      tool: "user",
      effect: "user",
      outcome: "unknown",
      arguments: { by: "[erased]", of: "superuser", kind: "user_type", text: "([erased]), [erased]." },
    });
  });

  test("are found in addresses too, where they are escaped, and those of others stay", async () => {
    const path = (text: string) => `/api/v1/users?search=${encodeURIComponent(text)}`;
    const request = (text: string) => ({ method: "GET", path: path(text), status: 200 });
    const change = await afterErasing("ann+x@acme.example", {
      requests: [request('login eq "ann+x@acme.example"'), request('login eq "joann+x@acme.example"')],
    });
    expect(change?.requests.map(({ path: sent }) => decodeURIComponent(sent))).toEqual([
      '/api/v1/users?search=login eq "[erased]"',
      '/api/v1/users?search=login eq "joann+x@acme.example"',
    ]);
  });
});
