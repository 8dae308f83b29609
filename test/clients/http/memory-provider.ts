import { randomUUID } from "node:crypto";

/** What a program keeps of its sign-in. It starts with nothing, as a program that was just installed. */
interface Kept {
  client?: { client_id: string; [member: string]: unknown } | undefined;
  tokens?: { access_token: string; token_type: string; refresh_token?: string; scope?: string } | undefined;
  verifier?: string;
  /** What was found out about the authorization server before the browser was opened. */
  discovery?: { authorizationServerUrl: string } | undefined;
  state?: string;
}

/** What tells one program from another. */
export interface ProgramOptions {
  /** Where codes go to. */
  redirectUri: string;
  /** The program's own metadata besides (RFC 7591, section 2). */
  metadata?: Record<string, unknown>;
  /** The https address of the document that describes the program, where it has one. */
  clientMetadataUrl?: string;
}

/**
 * The `OAuthClientProvider` of a program that keeps everything in memory. Both versions of the MCP SDK take it. The
 * address that is meant for the browser lies in `openedUrl`, for the test to open.
 */
export function memoryProvider({ redirectUri, metadata = {}, clientMetadataUrl }: ProgramOptions) {
  const kept: Kept = {};
  const opened: URL[] = [];
  return {
    kept,
    /** The addresses that the program opened in the browser, in order. */
    opened,
    redirectUrl: redirectUri,
    ...(clientMetadataUrl === undefined ? {} : { clientMetadataUrl }),
    clientMetadata: {
      client_name: "A real client",
      redirect_uris: [redirectUri],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      ...metadata,
    },
    state() {
      kept.state = randomUUID();
      return kept.state;
    },
    clientInformation: () => kept.client,
    saveClientInformation(client: NonNullable<Kept["client"]>) {
      kept.client = client;
    },
    tokens: () => kept.tokens,
    saveTokens(tokens: NonNullable<Kept["tokens"]>) {
      kept.tokens = tokens;
    },
    redirectToAuthorization(url: URL) {
      opened.push(url);
    },
    saveCodeVerifier(verifier: string) {
      kept.verifier = verifier;
    },
    codeVerifier: () => kept.verifier ?? "",
    saveDiscoveryState(discovery: NonNullable<Kept["discovery"]>) {
      kept.discovery = discovery;
    },
    discoveryState: () => kept.discovery,
    invalidateCredentials(scope: "all" | "client" | "tokens" | "verifier" | "discovery") {
      if (scope === "all" || scope === "client") kept.client = undefined;
      if (scope === "all" || scope === "tokens") kept.tokens = undefined;
      if (scope === "all" || scope === "discovery") kept.discovery = undefined;
    },
  };
}

export type MemoryProvider = ReturnType<typeof memoryProvider>;
