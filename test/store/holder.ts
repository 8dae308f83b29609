import { openStore } from "../../src/store/open-store.js";
import type { SqliteLibrary } from "../../src/store/sqlite-library.js";

/** The arguments of a process that serves from the folder `dir` and writes until it is killed. */
const [dir = "", library = ""] = process.argv.slice(2);

const store = await openStore({ dir, library: library as SqliteLibrary, log: { warn: () => {}, error: () => {} } });
for (let n = 1; ; n += 1) {
  await store.audit.add({ action: "test", outcome: "done", target: String(n) });
  if (n === 20) process.stdout.write("holds\n");
  process.stdout.write(`kept ${n}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
