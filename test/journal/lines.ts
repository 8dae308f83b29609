import type { FirstLine } from "../../src/journal/change.js";

/** The first line of a made-up change. */
export function firstLine(more: Partial<FirstLine> = {}): FirstLine {
  return {
    v: 1,
    id: "chg1",
    at: "2026-01-01T00:00:00.000Z",
    org: "https://acme.okta.com",
    actor: { user: "ada@acme.example", client_id: "0oa1", method: "device" },
    tool: "update_group",
    effect: "changes",
    confirmed: "not_needed",
    requests: [],
    ...more,
  };
}
