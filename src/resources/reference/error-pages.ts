import { ERROR_CODES, type ErrorCode, type Retry } from "../../errors/index.js";
import { OKTA_CODES, otherMeaningsOf } from "../../errors/okta-codes/index.js";
import type { Row } from "../../errors/okta-codes/row.js";
import { REFERENCE } from "./reference-uri.js";
import { code, codes, page } from "./text-parts.js";

/** What has happened where a call answers one of our codes. */
const MEANINGS: Readonly<Record<ErrorCode, string>> = {
  bad_config: "The settings of this server are wrong or do not go together.",
  signed_out: "Nobody is signed in.",
  session_ended: "The sign-in has ended, and could not be renewed.",
  sign_in_pending: "A sign-in has begun, and a person has to approve it.",
  login_denied: "The person refused the sign-in.",
  login_expired: "Nobody approved the sign-in in time.",
  client_rejected: "Okta does not accept the app with which this server signs in.",
  missing_scope: "The tool or a part of the call needs a scope that is not granted.",
  bad_input: "An argument is missing, wrong or unknown, here or at Okta.",
  needs_confirmation: "The call removes or replaces something, and a person has to agree first.",
  needs_approval: "A person has to agree first, on a page of this server.",
  needs_user: "A person has to agree, and the caller is a program.",
  would_remove: "The new body lacks settings that the object has; they would be lost.",
  declined: "A person was asked and said no, or nobody could be asked.",
  protected: "A rule of the guard file, or Okta itself, keeps the object or the setting from being changed.",
  forbidden: "Okta does not allow this to the admin or service app, or not in this org or state.",
  not_found: "There is no such object, or the caller may not see it.",
  conflict: "The state of the object does not allow this, or somebody else has the name.",
  rate_limited: "Okta, or a limit of the guard file, takes no more calls for now.",
  okta_down: "Okta answered with a fault of its own.",
  unreachable: "No answer came from Okta: network, proxy, certificate or time.",
  api_down: "The company's API gave no answer, or one with a fault of its own.",
  api_refused_token: "The company's API does not accept the token of the caller, also after a new one was made.",
  store_unavailable: "The database of this server does not answer.",
  cancelled: "The client took the call back.",
  bug: "Something here is not right, and it is no fault of the caller.",
};

const RETRY: Readonly<Record<Retry, string>> = {
  "after-fix": "Again: once it is corrected; the same call would fail in the same way.",
  "after-wait": "Again: after a while, the same call.",
  never: "Again: no, unless a person wants it.",
};

const ownCodes = Object.keys(ERROR_CODES).filter(isOwnCode);

function isOwnCode(name: string): name is ErrorCode {
  return Object.hasOwn(ERROR_CODES, name);
}

/** All codes that have a page: our own, then Okta's. */
export function errorCodes(): string[] {
  return [...ownCodes, ...Object.keys(OKTA_CODES).sort()];
}

/** The error codes, each of Okta's behind the one of ours that a call answers. */
export function errorsPage(): string {
  const okta = Object.keys(OKTA_CODES).sort();
  const of = (own: ErrorCode) => okta.filter((name) => OKTA_CODES[name]?.[1] === own).map((name) => name.slice(3));
  return page(
    "Error codes",
    `A failed call answers one of these codes, a message, and what to do. Each has a page: ${REFERENCE}/errors/{code}, for example ${REFERENCE}/errors/missing_scope.`,
    ownCodes.map((name) => `${code(name)}: ${MEANINGS[name]}`),
    "## Okta's codes",
    "An error from Okta names its code as well. Here without the E00 in front; the page's name has it, as in okta://reference/errors/E0000001.",
    ownCodes.flatMap((name) => (of(name).length === 0 ? [] : [`${code(name)}: ${of(name).join(" ")}`])),
  );
}

/** The advice of a row. What it says of a tool depends on the path of a request, which a page does not have. */
function advice([, own, , fix]: Row): string {
  return (fix === "" ? ERROR_CODES[own].fix : fix).replaceAll("{finder}", "the tool that reads such objects");
}

function oktaPage(name: string): string | undefined {
  const row = Object.hasOwn(OKTA_CODES, name) ? OKTA_CODES[name] : undefined;
  if (row === undefined) return undefined;
  const lines = (of: Row) => [
    `HTTP status: ${of[0]}`,
    `A call here answers ${code(of[1])}: ${REFERENCE}/errors/${of[1]}`,
    ...(of[2] === "" ? [] : [`What it means: ${of[2]}`]),
    `What to do: ${advice(of)}`,
  ];
  const others = otherMeaningsOf(name);
  return page(
    `Okta's error ${name}`,
    lines(row),
    ...others.flatMap((other) => ["## In other cases", lines(other)]),
    `All codes: ${REFERENCE}/errors`,
  );
}

/** What one code means, ours or Okta's, and what to do; undefined for a code that is none. */
export function errorPage(name: string): string | undefined {
  if (!isOwnCode(name)) return oktaPage(name);
  const { fix, retry } = ERROR_CODES[name];
  const okta = Object.keys(OKTA_CODES).filter((one) => OKTA_CODES[one]?.[1] === name);
  return page(
    `Error ${name}`,
    MEANINGS[name],
    [`What to do: ${fix}`, RETRY[retry]],
    okta.length === 0 ? "" : `Errors of Okta that come out so: ${codes(okta.sort())}`,
    `All codes: ${REFERENCE}/errors`,
  );
}
