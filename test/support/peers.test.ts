import { expect, test } from "vitest";
import { isEnveloped } from "../../src/mcp/envelope.js";
import { accepts, connect } from "./client.js";
import { PEERS, repeatsCalls } from "./peers.js";

test.each(PEERS)("a client of the sort %s speaks its own revision of MCP and no other", async (peer) => {
  const { client, call, wire, org } = await connect({ peer, person: accepts });
  await client.listTools();
  const { id } = org.addGroup({ profile: { name: "Lab" } });
  expect((await call("delete_group", { group_id: id })).isError).toBe(false);
  const methods = (messages: readonly object[]) =>
    messages.flatMap((message) => ("method" in message ? [message.method] : []));
  if (repeatsCalls(peer)) {
    expect(methods(wire.toServer)).toEqual(["server/discover", "tools/list", "tools/call", "tools/call"]);
    expect(wire.toServer.every(isEnveloped)).toBe(true);
    expect(methods(wire.toClient)).toEqual([]);
  } else {
    const before = ["initialize", "notifications/initialized"];
    expect(methods(wire.toServer)).toEqual([...before, "tools/list", "tools/call"]);
    expect(wire.toServer.some(isEnveloped)).toBe(false);
    expect(methods(wire.toClient)).toEqual(["elicitation/create"]);
  }
});
