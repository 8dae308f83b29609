import { FileJournal } from "../../src/journal/file-journal.js";
import { firstLine } from "./lines.js";

/** A process of its own that appends `count` changes, two lines each: `dir`, its name, count, bytes of a file. */
const [dir = "", name = "", count = "0", maxFileBytes = "0"] = process.argv.slice(2);

const journal = new FileJournal({ dir: async () => dir, maxFileBytes: Number(maxFileBytes), maxFiles: 1_000 });
await Promise.all(
  Array.from({ length: Number(count) }, async (_, index) => {
    const id = `${name}-${index}`;
    // Lines of very different lengths, so that one that is cut or mixed with another shows.
    await journal.append(firstLine({ id, target: "x".repeat((index * 7919) % 20_000) }));
    await journal.append({ id, outcome: "done" });
  }),
);
