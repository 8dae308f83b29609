import { expect, test } from "vitest";
import { isNetwork, Networks } from "../../src/net/networks.js";
import { clientAddress } from "../../src/web/client-address.js";

const PROXIES = new Networks(["10.0.0.0/8", "192.0.2.7", "2001:db8:1::/48"]);

function addressOf(remoteAddress: string | undefined, forwarded?: string | string[]): string {
  const socket = { remoteAddress } as import("node:net").Socket;
  // Node's type has one text, though a list is one of its forms for other headers.
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded as string };
  return clientAddress({ socket, headers }, PROXIES);
}

test("a peer that is no listed proxy is the client, whatever its headers say", () => {
  expect(addressOf("198.51.100.4", "203.0.113.9")).toBe("198.51.100.4");
  expect(addressOf("::ffff:198.51.100.4", "203.0.113.9")).toBe("198.51.100.4");
  expect(addressOf("2001:db8:2::1", "203.0.113.9")).toBe("2001:db8:2::1");
  expect(addressOf(undefined, "203.0.113.9")).toBe("");
});

test.each([
  ["one proxy", "10.1.2.3", "203.0.113.9", "203.0.113.9"],
  ["one proxy on a socket for both families", "::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9"],
  ["one proxy over IPv6", "2001:db8:1::5", "2001:DB8:9::1", "2001:db8:9::1"],
  ["two proxies", "10.1.2.3", "203.0.113.9, 192.0.2.7", "203.0.113.9"],
  ["a made-up address before the real one", "10.1.2.3", "1.1.1.1, 203.0.113.9", "203.0.113.9"],
  ["a made-up proxy before the real address", "10.1.2.3", "10.9.9.9, 203.0.113.9", "203.0.113.9"],
  ["a port", "10.1.2.3", "203.0.113.9:51234", "203.0.113.9"],
  ["a port over IPv6", "10.1.2.3", "[2001:db8:9::1]:51234", "2001:db8:9::1"],
  ["a zone", "10.1.2.3", "fe80::1%eth0", "fe80::1"],
  ["nothing but proxies", "10.1.2.3", "10.4.4.4, 192.0.2.7", "10.4.4.4"],
  ["no header", "10.1.2.3", undefined, "10.1.2.3"],
  ["an empty header", "10.1.2.3", "", "10.1.2.3"],
  ["no address", "10.1.2.3", "203.0.113.9, unknown", "10.1.2.3"],
  ["no address before a proxy", "10.1.2.3", "unknown, 192.0.2.7", "192.0.2.7"],
  ["an address with more behind it", "10.1.2.3", "203.0.113.9 <script>", "10.1.2.3"],
])("behind proxies the right-most address that is none of theirs counts: %s", (_, peer, header, expected) => {
  expect(addressOf(peer, header)).toBe(expected);
});

test("a header that came twice is read as one list", () => {
  expect(addressOf("10.1.2.3", ["1.1.1.1", "203.0.113.9"])).toBe("203.0.113.9");
});

test("a long header takes no time to speak of", () => {
  const startMs = performance.now();
  expect(addressOf("10.1.2.3", `${"10.0.0.1,".repeat(1_600)}10.0.0.1`)).toBe("10.0.0.1");
  expect(addressOf("10.1.2.3", `${":".repeat(8_000)},${"1.".repeat(4_000)}`)).toBe("10.1.2.3");
  expect(performance.now() - startMs).toBeLessThan(500);
});

test("networks are addresses, or prefixes of them", () => {
  for (const right of ["10.0.0.0/8", "10.0.0.1", "::1", "2001:db8::/32", "0.0.0.0/0"]) {
    expect(isNetwork(right), right).toBe(true);
  }
  for (const wrong of [
    "",
    "10.0.0.0/33",
    "::/129",
    "10.0.0/8",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "proxy.internal",
    "10.0.0.0/-1",
  ]) {
    expect(isNetwork(wrong), wrong).toBe(false);
  }
});
