import { FileJournal } from "../../src/journal/file-journal.js";
import { firstLine } from "./lines.js";

/** The arguments of a process that appends `count` changes, of two lines each, to the journal in `dir`. */
const [dir = "", name = "", count = "0", maxFileBytes = "0"] = process.argv.slice(2);

const journal = new FileJournal({ dir: async () => dir, maxFileBytes: Number(maxFileBytes), maxFiles: 1_000 });
await Promise.all(
  Array.from({ length: Number(count) }, async (_, index) => {
    const id = `${name}-${index}`;
    // The lines differ much in length, so that a cut or mixed line shows.
    await journal.append(firstLine({ id, target: "x".repeat((index * 7919) % 20_000) }));
    await journal.append({ id, outcome: "done" });
  }),
);
