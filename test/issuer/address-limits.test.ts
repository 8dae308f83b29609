import { expect, test } from "vitest";
import { AddressLimits } from "../../src/issuer/address-limits.js";

const limitsOf = (more: object = {}) =>
  new AddressLimits({ perMinute: 3, now: () => 1_000_000, maxAddresses: 4, ...more });

/** Takes so often from one address; how many times there was room. */
const taken = (limits: AddressLimits, address: string, times: number) =>
  Array.from({ length: times }, () => limits.take(address)).filter((seconds) => seconds === undefined).length;

test("whoever has many networks of IPv6 locks nobody out but their own provider's customer", () => {
  const limits = limitsOf();
  for (let n = 0; n < 500; n++) limits.take(`2001:db8:1:${n.toString(16)}::1`);
  expect(taken(limits, "2001:db8:1:ffff::1", 5)).toBe(0);
  expect(taken(limits, "2001:db8:2:1::1", 5)).toBe(3);
  expect(taken(limits, "198.51.100.7", 5)).toBe(3);
  expect(taken(limits, "203.0.113.7", 5)).toBe(3);
});

test("what comes when there are too many addresses is counted by networks, and after these together", () => {
  const limits = limitsOf();
  for (let n = 1; n <= 4; n++) expect(taken(limits, `192.0.2.${n}`, 5)).toBe(3);
  expect(taken(limits, "198.51.100.1", 2)).toBe(2);
  expect(taken(limits, "198.51.100.2", 2)).toBe(1);
  expect(taken(limits, "192.0.2.1", 1)).toBe(0);
  for (let n = 1; n <= 3; n++) expect(taken(limits, `10.0.${n}.1`, 5)).toBe(3);
  expect(taken(limits, "10.1.1.1", 2) + taken(limits, "10.2.2.2", 2)).toBe(3);
});

test("its size is bounded whatever comes, and each minute begins anew", () => {
  let nowMs = 60_000_000;
  const limits = limitsOf({ now: () => nowMs, perMinute: 1 });
  for (let n = 0; n < 5_000; n++) limits.take(`10.${n >> 8}.${n & 255}.1`);
  expect(limits.take("172.16.0.1")).toBeGreaterThan(0);
  nowMs += 120_000;
  expect(limits.take("172.16.0.1")).toBeUndefined();
});
