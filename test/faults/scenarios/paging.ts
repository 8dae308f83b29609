import assert from "node:assert/strict";
import type { SandboxReply } from "../../../sandbox/route.js";
import type { Outcome } from "../../support/server-process.js";
import type { Scenario } from "../scenario.js";

const GROUPS = "/api/v1/groups";

/** Returns a page as the org sends it, with a link to a next page. */
const page = (items: readonly object[], next: string) => (): SandboxReply => ({
  status: 200,
  headers: { Link: `<${next}>; rel="next"` },
  json: items,
});

/** Returns an endless sequence of pages. Each has a cursor of its own. */
function endless(origin: string, items: readonly object[]) {
  let pages = 0;
  return () => {
    pages += 1;
    return page(items, `${origin}${GROUPS}?after=${pages}`)();
  };
}

const MANY_PAGES = 3000;

export const paging: Scenario[] = [
  {
    name: "a next link to another host",
    async play(act) {
      act.sandbox.next("GET", GROUPS, { rewrite: page([], "https://elsewhere.example/api/v1/groups?after=x") });
      const expected = { sees: "unreachable", says: /elsewhere\.example.*nothing was sent there/, reached: "1 GET" };
      await act.line("", expected, () => act.server.call("list_groups", { fetch_all: true }));
    },
  },
  {
    name: "endless paging",
    async play(act) {
      const { sandbox, server } = act;
      const all = async () => {
        const outcome = await server.call("list_groups", { fetch_all: true });
        sandbox.clearFaults();
        return outcome;
      };
      const same = page([], `${sandbox.origin}${GROUPS}?after=same`);
      sandbox.next("GET", GROUPS, { rewrite: same, times: MANY_PAGES });
      await act.line("an empty page that leads to itself: the end", { sees: "ok", reached: "2 GET" }, all);

      sandbox.next("GET", GROUPS, { rewrite: endless(sandbox.origin, []), times: MANY_PAGES });
      const ended = { sees: "okta_down", says: /did not end within/, reached: "2000 GET" };
      await act.line("empty pages with new cursors", ended, all);

      const loop = page([{ id: "00g1" }], `${sandbox.origin}${GROUPS}?after=same`);
      sandbox.next("GET", GROUPS, { rewrite: loop, times: MANY_PAGES });
      const part = ({ data }: Outcome) => assert.equal(data.complete, false, "the result says that it is not whole");
      await act.line("the same cursor again", { sees: "ok", reached: "2 GET", check: part }, all);

      const items = Array.from({ length: 20 }, (_, id) => ({ id: `00g${id}`, profile: { name: `Group ${id}` } }));
      sandbox.next("GET", GROUPS, { rewrite: endless(sandbox.origin, items), times: MANY_PAGES });
      const check = ({ data }: Outcome) => assert.equal(data.has_more, true, "the result says that there is more");
      await act.line("full pages: cut where a result is full", { sees: "ok", reached: /^\d{2,3} GET$/, check }, all);
    },
  },
];
