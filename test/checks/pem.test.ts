import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { pemBlocks } from "../../src/checks/pem.js";

const block = (label: string, body = "\nAAAA\n") => `-----BEGIN ${label}-----${body}-----END ${label}-----`;

test("finds the blocks of a text in order, with what stands around them left out", () => {
  const text = `note\n${block("CERTIFICATE")}\nand ${block("PRIVATE KEY", "x")}\n${block("CERTIFICATE", "")}`;
  expect(pemBlocks(text)).toEqual([
    { label: "CERTIFICATE", body: "\nAAAA\n", whole: block("CERTIFICATE") },
    { label: "PRIVATE KEY", body: "x", whole: block("PRIVATE KEY", "x") },
    { label: "CERTIFICATE", body: "", whole: block("CERTIFICATE", "") },
  ]);
});

test("takes to the first end of the same label, and nothing that has none", () => {
  const inner = `-----BEGIN A-----${block("B")}`;
  expect(pemBlocks(`${inner}-----END A-----`).map(({ label }) => label)).toEqual(["A"]);
  expect(pemBlocks(inner).map(({ label }) => label)).toEqual(["B"]);
  expect(pemBlocks(`-----END A-----${block("A")}-----END A-----`).map(({ whole }) => whole)).toEqual([block("A")]);
});

test("takes the lines of labels that are not wanted for text", () => {
  const text = `-----BEGIN BAG-----${block("CERTIFICATE")}-----END BAG-----`;
  expect(pemBlocks(text, (label) => label === "CERTIFICATE").map(({ whole }) => whole)).toEqual([block("CERTIFICATE")]);
});

test.each(["-----BEGIN A-----", "-----END A-----", "-----BEGIN A-----\n-----END B-----", "-----BEGIN "])(
  "has an end where %j comes without end",
  (line) => {
    const text = line.repeat(100_000);
    expect(runInNewContext("pemBlocks(text).length", { pemBlocks, text }, { timeout: 20_000 })).toBe(0);
  },
);
