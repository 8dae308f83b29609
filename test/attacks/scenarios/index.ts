import type { Scenario } from "../attack.js";
import { answers } from "./answers.js";
import { apis } from "./apis.js";
import { compiledCode } from "./compiled-code.js";
import { forgedConsent } from "./forged-consent.js";
import { hiding } from "./hiding.js";
import { ids } from "./ids.js";
import { indirect } from "./indirect.js";
import { injection } from "./injection.js";
import { input } from "./input.js";
import { journal } from "./journal.js";
import { network } from "./network.js";
import { places } from "./places.js";
import { pretendOrg } from "./pretend-org.js";
import { proxies } from "./proxies.js";
import { replaces, replacesCounted } from "./replaces.js";
import { rounds } from "./rounds.js";
import { scopes } from "./scopes.js";
import { secrets } from "./secrets.js";
import { settings } from "./settings.js";
import { sideEffects } from "./side-effects.js";
import { signInLinks } from "./sign-in-links.js";
import { terminals } from "./terminals.js";
import { texts } from "./texts.js";
import { tokens } from "./tokens.js";
import { tooMuch } from "./too-much.js";
import { weakKeys } from "./weak-keys.js";
import { wrongTarget } from "./wrong-target.js";

/** Every scenario of this folder. */
export const scenarios: readonly Scenario[] = [
  ...injection,
  ...terminals,
  ids,
  ...wrongTarget,
  indirect,
  replaces,
  replacesCounted,
  ...sideEffects,
  ...forgedConsent,
  rounds,
  answers,
  ...network,
  ...places,
  signInLinks,
  ...proxies,
  tokens,
  ...scopes,
  ...secrets,
  ...hiding,
  ...journal,
  ...settings,
  ...input,
  compiledCode,
  pretendOrg,
  weakKeys,
  ...tooMuch,
  ...apis,
  ...texts,
];
