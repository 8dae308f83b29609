import * as z from "zod";
import { companyApisSchema } from "../apis/apis-schema.js";
import { file, origin, serviceApp, text } from "../config/schema-parts.js";
import { LOG_LEVELS } from "../log.js";
import { isNetwork } from "../net/networks.js";
import { rolesResourcesSchema } from "../resources/resources-schema.js";
import { adminsSchema } from "./admin-schema.js";
import { leavingSchema } from "./leaving-schema.js";
import { limitsSchema } from "./limits-schema.js";
import { metricsSchema } from "./metrics-schema.js";
import { oktaSchema } from "./okta-schema.js";
import { retentionSchema } from "./retention-schema.js";
import { roleSchema } from "./role-schema.js";
import { signOnSchema } from "./sign-on-schema.js";
import { storeSchema } from "./store-schema.js";
import { machineSchema, SIGN_IN_MODES, tokensSchema } from "./token-schema.js";

const clientSchema = () =>
  z.strictObject({
    client_id: text("The id that the client sends.", 200),
    name: text("Its name for people.", 100),
    redirect_uris: z.array(text("Where codes go to.", 2_000)).min(1, "is empty"),
  });

const registrationSchema = () =>
  z
    .strictObject({
      dynamic: z
        .boolean()
        .default(true)
        .describe("Clients may register themselves (RFC 7591), with the redirect URIs that are allowed below."),
      hosts: z
        .array(text("A host.", 253))
        .default([])
        .describe("Hosts of https redirect URIs of clients that register themselves. None by default."),
      schemes: z
        .array(z.string().regex(/^[a-z][a-z0-9.+-]{1,60}$/, "is no scheme"))
        .default(["cursor", "vscode", "vscode-insiders", "windsurf"])
        .describe("Private schemes of redirect URIs, besides those that are a domain name backwards."),
      documents: z
        .boolean()
        .default(true)
        .describe("Clients whose id is the address of a document that describes them (CIMD)."),
      document_hosts: z.array(text("A host.", 253)).optional().describe("Only documents of these hosts."),
    })
    .prefault({});

/** What serve.json has to say, member by member. */
export function serveFields() {
  return z.strictObject({
    $schema: z.string().optional().describe("The JSON Schema of this file, for editors."),
    public_url: origin("The address at which clients reach this server. Every address that it tells is made of it."),
    listen: z
      .strictObject({
        host: text("The address to listen on.", 253).default("127.0.0.1"),
        port: z.int().min(0).max(65_535).default(8_480),
      })
      .prefault({}),
    tls: z
      .strictObject({ cert_file: file("A PEM file with the certificate chain."), key_file: file("Its key.") })
      .optional()
      .describe("Without it a proxy in front ends TLS, and is listed in trusted_proxies."),
    trusted_proxies: z
      .array(
        text("An address or a network, as 10.0.0.0/8.", 60).refine(
          isNetwork,
          "is no address and no network, as 10.0.0.0/8",
        ),
      )
      .max(200)
      .default([])
      .describe("The proxies in front of this server. Only their X-Forwarded-For is believed."),
    drain_delay_seconds: z
      .int()
      .min(0)
      .max(300)
      .default(5)
      .describe(
        "After SIGTERM /readyz answers 503, and the server still takes requests for this long, so that a balancer can notice.",
      ),
    data_dir: file("The folder for the keys and, with SQLite, the database. Only this user may read it."),
    data_keys_file: file("A file with the data keys.")
      .optional()
      .describe(
        "A file with the keys that encrypt the database, the same on all instances (serve keys makes and changes it). By default data-keys.json in data_dir. Its content is read anew every half minute, and at SIGHUP.",
      ),
    store: storeSchema(),
    okta: oktaSchema(),
    sign_in: z
      .enum(SIGN_IN_MODES)
      .default("proxy")
      .describe(
        "How a caller is known. proxy: by signing in with Okta here. native: by a JWT of a custom authorization server. introspect: by a token that the authorization server is asked about on each request. bearer: by an access token of the org itself, which departs from MCP's rules.",
      ),
    sign_on: signOnSchema(),
    tokens: tokensSchema().optional().describe("The tokens that count, where sign_in is not proxy."),
    machines: z
      .array(machineSchema())
      .max(500)
      .default([])
      .describe("Programs without a person, by their client id, each with one role that acts as service."),
    directory: serviceApp(
      "A service app with okta.users.read and okta.groups.read, which reads people's groups where a token does not tell them.",
    ).optional(),
    roles: z.array(roleSchema()).min(1, "is empty: nobody could do anything").max(200),
    apis: companyApisSchema().default({}),
    resources: rolesResourcesSchema().default([]),
    admins: adminsSchema().optional(),
    leaving: leavingSchema(),
    clients: z.array(clientSchema()).max(500).default([]).describe("Clients that are known beforehand."),
    registration: registrationSchema(),
    allowed_origins: z.array(origin("An origin.")).default([]).describe("Web pages whose scripts may call /mcp."),
    limits: limitsSchema(),
    retention: retentionSchema(),
    metrics: metricsSchema()
      .optional()
      .describe("Numbers for Prometheus at /metrics, with /healthz and /readyz. Off without it."),
    log: z.strictObject({ level: z.enum(LOG_LEVELS).default("info") }).prefault({}),
  });
}

/** The content of serve.json, with every default. */
export type ServeFile = z.infer<ReturnType<typeof serveFields>>;

/** One role, as serve.json has it. */
export type RoleEntry = ServeFile["roles"][number];
