import { isObject } from "../json/json.js";
import { quoteOkta, visible } from "../text/quote.js";
import { ask, type CheckContext, type OrgAnswer } from "./check-context.js";
import { about, type Finding } from "./finding.js";

/** The metadata of an authorization server (OpenID Connect Discovery, section 3). */
export type ServerMetadata = Record<string, unknown> & { issuer: string };

/** The metadata of an issuer, or what keeps them from being used. */
export async function metadataOf(
  context: CheckContext,
  issuer: string,
): Promise<{ metadata: ServerMetadata } | { why: string; found?: string }> {
  const answer = await ask(context, new URL(`${issuer}/.well-known/openid-configuration`));
  if ("reason" in answer) return { why: `no answer came from ${issuer}: ${answer.reason}` };
  const metadata = jsonOf(answer);
  if (answer.status !== 200 || typeof metadata?.issuer !== "string") {
    return { why: `${issuer} has no metadata of an authorization server (status ${answer.status})` };
  }
  return { metadata: metadata as ServerMetadata };
}

/** The JSON object of an answer; undefined where it has another body. */
export function jsonOf(answer: OrgAnswer): Record<string, unknown> | undefined {
  if ("reason" in answer) return undefined;
  try {
    const parsed: unknown = JSON.parse(answer.text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** An issuer as a setting may have it: one slash at the end makes no difference. */
const withoutSlash = (issuer: string) => issuer.replace(/\/$/, "");

/** Checks that the org answers, and that it is the issuer that serve.json names. */
export async function checkOrg(context: CheckContext): Promise<Finding[]> {
  const { ok, wrong } = about("org");
  const { orgUrl, content } = context;
  const given = new URL(content.okta.org_url);
  if (given.pathname !== "/") {
    return [
      wrong(
        `okta.org_url has a path (${visible(given.pathname)}).`,
        `Set okta.org_url to ${orgUrl}. A custom authorization server belongs into okta.issuer where people sign in with it, into tokens.issuer where clients bring its tokens.`,
        "issuer_mismatch",
      ),
    ];
  }
  const found = await metadataOf(context, orgUrl);
  if ("why" in found) {
    return [
      wrong(
        `${found.why}.`,
        "Check okta.org_url, and that this machine reaches Okta (firewall, HTTPS_PROXY). Where a proxy of your company opens TLS, give Node its certificate with NODE_EXTRA_CA_CERTS.",
        "okta_unreachable",
      ),
      ...checkClock(context),
    ];
  }
  const { issuer } = found.metadata;
  const findings = [
    withoutSlash(issuer) === orgUrl
      ? ok(`${orgUrl} answers and is the issuer of its tokens.`)
      : wrong(
          `okta.org_url is ${orgUrl}, and the org there says that its issuer is ${quoteOkta(issuer)}.`,
          `Set okta.org_url to ${quoteOkta(withoutSlash(issuer))}.`,
          "issuer_mismatch",
        ),
  ];
  return [...findings, ...checkClock(context)];
}

function checkClock({ clock }: CheckContext): Finding[] {
  const { ok, wrong, unknown } = about("clock");
  if (!clock.known) return [unknown("No answer of Okta's has told the time there.")];
  const seconds = Math.round(clock.aheadMs / 1000);
  if (seconds === 0) return [ok("This machine's clock and Okta's are less than a minute apart.")];
  return [
    wrong(
      `This machine's clock is ${Math.abs(seconds)} seconds ${seconds > 0 ? "behind" : "ahead of"} Okta's.`,
      "Set this machine's clock (NTP). Tokens would count as expired, or as not valid yet.",
      "clock_skew",
    ),
  ];
}

/** Checks the custom authorization server with which people sign in, where there is one. */
export async function checkSignInIssuer(context: CheckContext): Promise<Finding[]> {
  const given = context.content.okta.issuer;
  const issuer = withoutSlash(given ?? context.orgUrl);
  if (issuer === context.orgUrl) return [];
  const { ok, wrong } = about("issuer of people");
  const found = await metadataOf(context, issuer);
  const advice =
    "Set okta.issuer to the Issuer URI in the Admin Console: Security > API > Authorization Servers. An org without API Access Management has none; leave okta.issuer out there.";
  if ("why" in found) return [wrong(`${found.why}.`, advice, "issuer_mismatch")];
  const told = found.metadata.issuer;
  if (told === issuer) return [ok(`${issuer} answers and is the issuer of its ID tokens.`)];
  return [
    wrong(
      `okta.issuer is ${issuer}, and the server there says that it is ${quoteOkta(told)}.`,
      `ID tokens carry the latter. Set okta.issuer to ${quoteOkta(told)}.`,
      "issuer_mismatch",
    ),
  ];
}

/** Checks the authorization server whose tokens count, where sign_in is not proxy. */
export async function checkTokenIssuer(context: CheckContext): Promise<Finding[]> {
  const { tokens, sign_in } = context.content;
  if (tokens === undefined) return [];
  const { ok, wrong, unknown } = about("authorization server");
  const issuer = withoutSlash(tokens.issuer ?? context.orgUrl);
  const found = await metadataOf(context, issuer);
  if ("why" in found) {
    return [
      wrong(
        `${found.why}.`,
        "Set tokens.issuer to the Issuer URI in the Admin Console: Security > API > Authorization Servers. An org without API Access Management has none, not even `default`.",
        "issuer_mismatch",
      ),
    ];
  }
  const { metadata } = found;
  if (withoutSlash(metadata.issuer) !== issuer) {
    return [
      wrong(
        `tokens.issuer is ${issuer}, and the server there says that it is ${quoteOkta(metadata.issuer)}.`,
        "Tokens carry the latter. Set tokens.issuer to exactly that.",
        "issuer_mismatch",
      ),
    ];
  }
  const findings = [ok(`${issuer} answers and is the issuer of its tokens.`)];
  if (sign_in === "bearer") return findings;
  const known = Array.isArray(metadata.scopes_supported) ? metadata.scopes_supported : [];
  const missing = [tokens.scopes.read, tokens.scopes.write].filter((scope) => !known.includes(scope));
  const scopes = about("token scopes");
  findings.push(
    missing.length === 0
      ? scopes.ok(`The authorization server has ${tokens.scopes.read} and ${tokens.scopes.write}.`)
      : scopes.wrong(
          `The authorization server does not announce ${missing.join(" and ")}.`,
          "Add them there (Scopes > Add Scope, with Include in public metadata), or set tokens.scopes to those that it has.",
          "scope_not_granted",
        ),
  );
  const audience = tokens.audience ?? `${context.publicUrl}/mcp`;
  const audienceAbout = about("audience");
  findings.push(
    audience === "api://default"
      ? audienceAbout.wrong(
          "tokens.audience is api://default, which every API of the org may share.",
          "Make an authorization server for this server alone and give it an audience of its own.",
          "audience_mismatch",
        )
      : { ...unknown(`Tokens count whose aud is ${audience}.`), about: "audience", ...audienceFix },
  );
  return findings;
}

const audienceFix = {
  fix: "The metadata do not tell the audience. Compare it in the Admin Console: Security > API > Authorization Servers > Settings > Audience. It is a setting there; a claim named aud cannot be added.",
};
