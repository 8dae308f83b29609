import { defineConfig } from "vitest/config";

/**
 * What runs inside the test's process, but for a server that a whole file shares: no module of ours
 * keeps state, so the files can share one process.
 */
const INSIDE = ["catalogue", "contract", "engine", "errors", "guard", "hostile", "sandbox", "scopes", "tools"];
const inside = INSIDE.flatMap((name) => [`test/${name}.test.ts`, `test/${name}/**/*.test.ts`]);

export default defineConfig({
  test: {
    // For a busy machine: tests wait for events, so a long limit costs nothing.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests wait more than they compute; by default one processor would be left idle.
    maxWorkers: "100%",
    // What waits for other processes can meet a machine that stands still for a second.
    retry: process.env.CI ? 2 : 0,
    projects: [
      { extends: true, test: { name: "inside", include: inside, isolate: false } },
      { extends: true, test: { name: "processes", include: ["test/**/*.test.ts"], exclude: inside } },
    ],
  },
});
