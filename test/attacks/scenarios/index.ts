import type { Scenario } from "../attack.js";
import { ids } from "./ids.js";
import { injection } from "./injection.js";
import { replaces, replacesCounted } from "./replaces.js";
import { scopes } from "./scopes.js";
import { tooMuch } from "./too-much.js";
import { wrongTarget } from "./wrong-target.js";

/** Every scenario there is. */
export const scenarios: readonly Scenario[] = [
  ...injection,
  ids,
  ...wrongTarget,
  replaces,
  replacesCounted,
  ...scopes,
  ...tooMuch,
];
