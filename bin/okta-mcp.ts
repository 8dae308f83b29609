#!/usr/bin/env node
import { keepCompiledCode } from "../src/cli/compile-cache.js";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`okta-mcp needs Node.js 20.19 or later; this is ${process.versions.node}.\n`);
  process.exitCode = 2;
} else {
  const argv = process.argv.slice(2);
  // Not before the check: older versions cannot even read what these import.
  keepCompiledCode(argv);
  void import("../src/cli/start.js").then(({ start }) => start(argv));
}
