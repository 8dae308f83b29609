import type { SessionStatus } from "../../auth/session.js";
import { toolsOn } from "../../catalogue/active-tools.js";
import { OktaMcpError } from "../../errors/index.js";
import { isKnownScope, SCOPES } from "../../okta/scopes.js";
import type { SignInMethod } from "../../okta/token.js";
import { inertJson } from "../../text/inert-json.js";
import { momentInWords } from "../../text/moment.js";
import { visible } from "../../text/quote.js";
import type { ApiSignIn } from "../apis/api-sign-ins.js";
import { describedCommand, type MakeCommand } from "../command.js";
import type { Connection } from "../connection.js";
import type { SettingFlags } from "../flags.js";
import { interruptible } from "../interrupt.js";
import { columnsOf, type Io } from "../io.js";
import { addSettings } from "../options.js";
import { notGranted, twoColumns } from "../words.js";

const METHODS: Record<SignInMethod, string> = {
  none: "no Okta org is set; only the company's own APIs are used",
  device: "a person signs in (device authorization)",
  code: "a person signs in with a browser (authorization code)",
  "private-key": "service app with a private key",
  "access-token": "ready token (OKTA_ACCESS_TOKEN)",
  "role-app": "service app of a role of a company's server",
  "client-token": "token that the client of a company's server sends",
  grant: "a person of a company's server, with their own token",
};

/** `okta-mcp status` */
export const statusCommand: MakeCommand = (io, finish) =>
  addSettings(
    describedCommand(
      "status",
      "Show the org, the sign-in, its scopes and expiry. Exits with 0 when signed in, else 1.",
      ["okta-mcp status", "okta-mcp status --json | jq .granted_scopes"],
    ).option("--json", "One JSON object instead of text."),
  ).action(async (options: SettingFlags & { json?: true }) => {
    const { openConnection, showNotices } = await import("../connection.js");
    const { apiSignIns, apiSignInWords } = await import("../apis/api-sign-ins.js");
    const connection = await openConnection(io, options, { sandboxSignIn: "person" });
    try {
      showNotices(io, connection);
      const problem = await interruptible(io, (signal) => findToken(connection, signal));
      const status = await connection.session.status();
      const tools = await countTools(connection);
      const apis = await apiSignIns(connection);
      const seen = { status, tools, problem, apis, apiLines: apis.map(apiSignInWords) };
      if (options.json) io.out(inertJson(asJson(seen), io.stdout.isTTY ? 2 : undefined));
      else io.out(asText(io, seen));
      const isWithoutOrg = status.method === "none";
      finish(isWithoutOrg ? (apis.every((api) => api.signed_in) ? 0 : 1) : status.signedIn ? 0 : 1);
    } finally {
      await connection.close();
    }
  });

/**
 * Restores a stored sign-in, or tries the key where there is one.
 * @returns the error, where there is one
 */
async function findToken({ session }: Connection, signal: AbortSignal): Promise<OktaMcpError | undefined> {
  await session.restore();
  if (session.method !== "private-key") return undefined;
  try {
    await session.token(signal);
    return undefined;
  } catch (error) {
    if (error instanceof OktaMcpError) return error;
    throw error;
  }
}

interface ToolCount {
  on: number;
  all: number;
}

async function countTools({ session, config }: Connection): Promise<ToolCount> {
  const { chosenCatalogue } = await import("../chosen-catalogue.js");
  const catalogue = chosenCatalogue(config);
  const view = { configured: session.configured, granted: session.granted() };
  return {
    on: toolsOn(catalogue, view).length,
    all: catalogue.entries.length + catalogue.leftOut.length,
  };
}

/** What the command has found out. */
interface Seen {
  status: SessionStatus;
  tools: ToolCount;
  problem: OktaMcpError | undefined;
  apis: readonly ApiSignIn[];
  /** The same for a person. */
  apiLines: readonly string[];
}

function asJson({ status, tools, problem, apis }: Seen): object {
  return {
    org: status.org,
    client_id: status.clientId ?? null,
    method: status.method,
    signed_in: status.signedIn,
    user: status.user ?? null,
    configured_scopes: status.configuredScopes,
    granted_scopes: status.grantedScopes ?? null,
    not_granted_scopes: notGranted(status.configuredScopes, status.grantedScopes),
    expires_at: status.expiresAtMs === undefined ? null : new Date(status.expiresAtMs).toISOString(),
    renewable: status.renewable,
    token_kept: status.tokenKept,
    tools_on: tools.on,
    tools_total: tools.all,
    ...(apis.length === 0 ? {} : { apis }),
    problem: problem ? `${problem.code}: ${problem.message}` : null,
  };
}

function asText(io: Io, seen: Seen): string {
  const { status, tools, apiLines } = seen;
  const isWithoutOrg = status.method === "none";
  const rows = isWithoutOrg ? [["Org", METHODS.none] satisfies Row] : aboutOrg(seen);
  if (apiLines.length > 0) rows.push(["APIs", apiLines]);
  rows.push(["Tools", `${tools.on} of ${tools.all} ${status.signedIn || isWithoutOrg ? "are" : "would be"} on`]);
  if (!status.signedIn && status.method === "device") {
    rows.push(["Next", status.outlives ? "okta-mcp login" : "set OKTA_MCP_TOKEN_STORE=file, then okta-mcp login"]);
  }
  return twoColumns(rows, io.stdout.isTTY ? columnsOf(io.stdout) : Number.POSITIVE_INFINITY, (text) =>
    io.style("dim", text, io.stdout),
  );
}

type Row = [string, string | readonly string[]];

function aboutOrg({ status, problem }: Seen): Row[] {
  const { signedIn, user, expiresAtMs, grantedScopes } = status;
  const scopeWidth = Math.max(...status.configuredScopes.map((scope) => scope.length));
  const scopeLine = (scope: string) =>
    isKnownScope(scope) ? `${scope.padEnd(scopeWidth)}  ${SCOPES[scope]}` : visible(scope);
  const rows: Row[] = [
    ["Org", status.org],
    ["Client", status.clientId ? visible(status.clientId) : "not known"],
    ["Method", METHODS[status.method]],
    ["Signed in", signedIn ? `yes${user ? `, as ${visible(user)}` : ""}` : "no"],
  ];
  if (!signedIn && status.unfit !== undefined) rows.push(["Why", visible(status.unfit)]);
  if (problem) rows.push(["Problem", [`${problem.code}: ${visible(problem.message)}`, visible(problem.fix)]]);
  if (signedIn && expiresAtMs !== undefined) {
    const renewal = status.renewable ? "; renews itself" : "";
    const verb = expiresAtMs > Date.now() ? "" : "expired ";
    rows.push([
      "Expires",
      `${verb}${momentInWords(expiresAtMs, Date.now())} (${new Date(expiresAtMs).toISOString()})${renewal}`,
    ]);
  }
  rows.push(["Token kept", visible(status.tokenKept)]);
  const granted = grantedScopes?.filter((scope) => scope.startsWith("okta."));
  rows.push(
    granted
      ? ["Granted", granted.length > 0 ? granted.map(scopeLine) : "no okta.* scope"]
      : ["Asked for", status.configuredScopes.map(scopeLine)],
  );
  const missing = notGranted(status.configuredScopes, grantedScopes);
  if (missing.length > 0)
    rows.push([
      "Not granted",
      [...missing.map(scopeLine), "Grant in the Okta Admin Console: Applications > your app > Okta API Scopes."],
    ]);
  return rows;
}
