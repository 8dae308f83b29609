import { serveFields } from "./serve-fields.js";
import { checkTogether } from "./serve-rules.js";

/** The schema of serve.json. `serve.schema.json` is made of it. It is made only where there is such a file. */
export const serveFileSchema = () => serveFields().superRefine(checkTogether);
