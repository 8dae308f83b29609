// Loaded into a server before its entry. When the server ends, it writes the names of all files of JavaScript that were
// loaded as JSON to the file that BENCH_LOADED_FILES names.
const { writeFileSync } = require("node:fs");

process.once("exit", () => {
  const files = Object.keys(require.cache).filter((file) => file !== __filename);
  writeFileSync(process.env.BENCH_LOADED_FILES, JSON.stringify(files));
});
