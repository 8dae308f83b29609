import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { AsyncVariable } from "../../src/watch/async-variable.js";

test("a variable has the value of the innermost action around it, whatever others have, also after a wait", async () => {
  const [one, other] = [new AsyncVariable<string>(), new AsyncVariable<string>()];
  const seen = () => [one.get(), other.get()];
  expect(seen()).toEqual([undefined, undefined]);
  const inner = async () => {
    await setImmediate();
    return seen();
  };
  const [first, second] = await Promise.all([
    one.run("a", () => other.run("b", inner)),
    one.run("c", async () => [await one.run("d", inner), await inner()]),
  ]);
  expect(first).toEqual(["a", "b"]);
  expect(second).toEqual([
    ["d", undefined],
    ["c", undefined],
  ]);
  expect(seen()).toEqual([undefined, undefined]);
});
