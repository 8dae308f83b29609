import { toolsOn } from "../../catalogue/active-tools.js";
import { visible } from "../../text/quote.js";
import { describedCommand, type MakeCommand } from "../command.js";
import type { Connection } from "../connection.js";
import type { SettingFlags } from "../flags.js";
import { interruptible } from "../interrupt.js";
import type { Io } from "../io.js";
import { addSettings } from "../options.js";
import { notGranted } from "../words.js";

/** `okta-mcp login` */
export const loginCommand: MakeCommand = (io, finish) =>
  addSettings(
    describedCommand("login", "Sign in to Okta with a link and a code, and keep the sign-in for later.", [
      "okta-mcp login",
      "okta-mcp login --no-browser  # only show the link",
      "okta-mcp login --sandbox     # try it with a pretend org",
      "okta-mcp login --api hr      # sign in to one of your own APIs (OKTA_MCP_APIS)",
    ])
      .option("--no-browser", "Do not open a browser.")
      .option("--api <name>", "Sign in to this API of OKTA_MCP_APIS, and not to the org."),
  ).action(async (options: SettingFlags & { browser: boolean; api?: string }) => {
    const { openConnection, showNotices } = await import("../connection.js");
    // A sandbox ends with this command, and its grants with it.
    const outlives = options.sandbox !== true;
    const needs = options.api === undefined ? undefined : [];
    const connection = await openConnection(io, options, {
      sandboxSignIn: "person",
      outlives,
      ...(needs && { needs }),
    });
    try {
      showNotices(io, connection);
      const { requireApiSessions, signInToApi } = await import("../apis/api-sign-ins.js");
      const isWithoutOrg = connection.session.method === "none";
      const apis = options.api !== undefined ? [options.api] : isWithoutOrg ? requireApiSessions(connection) : [];
      for (const api of apis) {
        await interruptible(io, (signal) => signInToApi(io, connection, api, { browser: options.browser, signal }));
      }
      if (apis.length === 0) {
        await interruptible(io, (signal) => login(io, connection, { browser: options.browser, signal }));
        await report(io, connection);
      }
      finish(0);
    } finally {
      await connection.close();
    }
  });

async function login(
  io: Io,
  { session }: Connection,
  options: { browser: boolean; signal: AbortSignal },
): Promise<void> {
  if (session.method === "device") {
    const { signIn } = await import("../sign-in-link.js");
    await signIn(io, session, options);
    return;
  }
  const { startActivity } = await import("../person.js");
  const activity = await startActivity(
    io,
    session.method === "private-key"
      ? "Exchanging the private key's signature for a token."
      : "Using the token of OKTA_ACCESS_TOKEN.",
  );
  try {
    await session.token(options.signal);
  } finally {
    activity.stop();
  }
}

/** Reports who signed in, what was granted and what was not, and which tools are on now. */
async function report(io: Io, { session, config, sandbox, own }: Connection): Promise<void> {
  const { chosenCatalogue } = await import("../chosen-catalogue.js");
  const status = await session.status();
  const granted = session.granted();
  const who = status.user ? ` as ${visible(status.user)}` : "";
  io.note(`${io.style("green", "Signed in")} to ${new URL(config.orgUrl).host}${who}.`);
  if (session.method === "private-key" && status.outlives)
    io.note(
      `A service app needs no sign-in beforehand. Its token is kept until it ends, in: ${visible(status.tokenKept)}.`,
    );
  else if (session.method === "private-key")
    io.note("A service app needs no sign-in beforehand: nothing was stored, each start gets its own token.");
  else if (sandbox) io.note("It was for sandboxSignIn: sandbox and sign-in end with this command.");
  else io.note(`The sign-in is kept in: ${visible(status.tokenKept)}.`);

  if (granted) {
    const useful = [...granted].filter((scope) => scope.startsWith("okta.")).sort();
    io.note(`Granted: ${useful.map(visible).join(" ") || "no okta.* scope"}`);
  }
  const missing = notGranted(config.scopes, status.grantedScopes);
  if (missing.length > 0) {
    io.note(`${io.style("yellow", "Not granted:")} ${missing.join(" ")}`);
    io.note(
      "  In the Okta Admin Console: Applications > Applications > your app > Okta API Scopes > Grant. Then sign in again.",
    );
  }
  const { apiSignIns, apiSignInWords } = await import("../apis/api-sign-ins.js");
  for (const signIn of await apiSignIns({ own })) {
    if (!signIn.signed_in) io.note(`${io.style("yellow", "API")} ${apiSignInWords(signIn)}`);
  }
  const catalogue = chosenCatalogue(config);
  const on = toolsOn(catalogue, { configured: session.configured, granted });
  const all = catalogue.entries.length + catalogue.leftOut.length;
  io.note(`${on.length} of ${all} tools are on; ${io.style("cyan", "okta-mcp tools")} lists them.`);
}
