import { defineConfig } from "vitest/config";
import { PlainReporter } from "./test/support/reporter.js";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/support/one-folder.ts",
    reporters: ["default", new PlainReporter()],
    // No module of ours keeps state, so files can share a process and what it has loaded.
    isolate: false,
    // Tests wait more than they compute; by default one processor would be left idle.
    maxWorkers: "100%",
    // For a busy machine: tests wait for events, so a long limit costs nothing.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What waits for other processes can meet a machine that stands still for a second. The report
    // names what passed only when it was tried again.
    retry: process.env.CI ? 2 : 0,
  },
});
