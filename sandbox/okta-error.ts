import type { SandboxReply } from "./route.js";

/** An error answer in Okta's form. Any code below a route's `handle` may throw it. */
export class OktaRefusal extends Error {
  readonly reply: SandboxReply;

  constructor(reply: SandboxReply, summary: string) {
    super(summary);
    this.name = "OktaRefusal";
    this.reply = reply;
  }
}

/**
 * An error answer in Okta's form (schema `Error` of the Management API document). The engine adds
 * the `errorId`, which is that of the request.
 */
export function refusal(
  status: number,
  errorCode: string,
  errorSummary: string,
  causes: string[] = [],
  headers: Record<string, string> = {},
): OktaRefusal {
  const errorCauses = causes.map((cause) => ({ errorSummary: cause }));
  const json = { errorCode, errorSummary, errorLink: errorCode, errorId: "", errorCauses };
  return new OktaRefusal({ status, headers, json }, errorSummary);
}

/** 404 E0000007, as Okta words it: "Not found: Resource not found: <id> (<Type>)". */
export function notFound(id: string, type: string): OktaRefusal {
  return refusal(404, "E0000007", `Not found: Resource not found: ${id} (${type})`);
}

/** 401 E0000015 (response `Error-FF-NotEnabled-Response-401` of the document): the org lacks the feature. */
export function featureOff(): OktaRefusal {
  return refusal(401, "E0000015", "You do not have permission to access the feature you are requesting");
}

/** 400 E0000001: `field` is not valid, for the reasons in `causes`. */
export function invalid(field: string, ...causes: string[]): OktaRefusal {
  return refusal(400, "E0000001", `Api validation failed: ${field}`, causes);
}

/** 403 E0000006: the caller, or anybody, may not do this. */
export function forbidden(cause?: string): OktaRefusal {
  const causes = cause === undefined ? [] : [cause];
  return refusal(403, "E0000006", "You do not have permission to perform the requested action", causes);
}
