#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`okta-mcp needs Node.js 20.19 or later; this is ${process.versions.node}.\n`);
  process.exitCode = 2;
} else {
  // Not before the check: older versions cannot even read what these import.
  const { endProcess, guardProcess } = await import("../src/cli/exit.js");
  const { main } = await import("../src/cli/main.js");
  guardProcess();
  endProcess(await main(process.argv.slice(2)));
}
