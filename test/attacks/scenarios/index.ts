import type { Scenario } from "../attack.js";
import { compiledCode } from "./compiled-code.js";
import { forgedConsent } from "./forged-consent.js";
import { hiding } from "./hiding.js";
import { ids } from "./ids.js";
import { indirect } from "./indirect.js";
import { headings, injection } from "./injection.js";
import { input } from "./input.js";
import { journal } from "./journal.js";
import { costly, network } from "./network.js";
import { places } from "./places.js";
import { pretendOrg } from "./pretend-org.js";
import { replaces, replacesCounted } from "./replaces.js";
import { scopes } from "./scopes.js";
import { repeated, secrets } from "./secrets.js";
import { settings } from "./settings.js";
import { sideEffects } from "./side-effects.js";
import { tooMuch } from "./too-much.js";
import { wrongTarget } from "./wrong-target.js";

/** Every scenario there is. */
export const scenarios: readonly Scenario[] = [
  ...injection,
  headings,
  ids,
  ...wrongTarget,
  indirect,
  replaces,
  replacesCounted,
  ...sideEffects,
  ...forgedConsent,
  ...network,
  costly,
  ...places,
  ...scopes,
  ...secrets,
  repeated,
  ...hiding,
  ...journal,
  ...settings,
  ...input,
  compiledCode,
  pretendOrg,
  ...tooMuch,
];
