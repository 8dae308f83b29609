import * as z from "zod";
import { TOOL_PATTERN } from "../catalogue/choice.js";
import { isHttpsOrLocal } from "../net/loopback.js";
import { SCOPES } from "../okta/scopes.js";

const text = (description: string, max = 500) =>
  z.string().min(1, "is empty").max(max, `is longer than ${max} characters`).describe(description);

const file = (description: string) => text(description, 4_096);

/** A URL that says where something is, and nothing more. */
const origin = (description: string) =>
  text(description, 2_000).refine((value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    const plain = url !== undefined && !url.username && !url.password && !url.search && !url.hash;
    return plain && isHttpsOrLocal(url);
  }, "is no https URL without user, query and fragment; plain http is for loopback alone");

const count = (description: string, max = 1_000_000) => z.int().min(1).max(max).optional().describe(description);

const ROLE_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

function roleSchema() {
  const patterns = z.array(z.string().regex(TOOL_PATTERN, "is no pattern for tools")).max(500);
  const scope = z
    .string()
    .refine((value) => Object.hasOwn(SCOPES, value), "is no scope that a tool uses; `okta-mcp scopes` lists them");
  return z.strictObject({
    name: z.string().regex(ROLE_NAME, "is no name of a role: use a-z, 0-9, - and _"),
    groups: z
      .array(z.string().regex(/^[A-Za-z0-9]{10,40}$/, "is no id of a group: names can be given away, ids cannot"))
      .min(1, "is empty: nobody would have the role")
      .describe("Ids of the Okta groups whose members have the role."),
    act_as: z
      .enum(["user"])
      .default("user")
      .describe("Whose right is used at Okta: user, the person's own. Never one in place of the other."),
    scopes: z.array(scope).min(1, "is empty: no tool would be on").describe("The okta.* scopes that the role uses."),
    tools: patterns.optional().describe("Only these tools: names or areas; * is any characters, ? is one."),
    exclude_tools: patterns.optional().describe("Never these tools."),
    read_only: z.boolean().default(false).describe("Only tools that read."),
    guard: file("A guard file for calls of everybody who has the role.").optional(),
    limits: z
      .strictObject({
        writes_per_minute: count("Writes of one person within any 60 seconds."),
        writes_per_day: count("Writes of one person within any 24 hours."),
        removals_per_minute: count("Removals of one person within any 60 seconds."),
        removals_per_day: count("Removals of one person within any 24 hours."),
      })
      .default({})
      .describe("Limits for each person, whatever number of clients they use."),
    may_undo: z.enum(["own", "all"]).default("own").describe("Whose changes undo_change takes back."),
  });
}

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

/** The schema of serve.json. `serve.schema.json` is made of it. It is made only where there is such a file. */
export function serveFileSchema() {
  return z
    .strictObject({
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
      trusted_proxies: z.array(text("An address or a network, as 10.0.0.0/8.", 60)).default([]),
      data_dir: file("The folder for the database and the keys. Only this user may read it."),
      okta: z.strictObject({
        org_url: origin("The org, e.g. https://acme.okta.com."),
        client_id: text("The client id of the web app in Okta.", 200),
        client_secret_file: file("A file with its client secret.").optional(),
        private_key_file: file("A file with its private key, PEM or JWK. Better than a secret.").optional(),
        key_id: text("The id of the key, where the file does not tell it.", 200).optional(),
      }),
      sign_in: z
        .enum(["proxy"])
        .default("proxy")
        .describe("How a caller is known: proxy, by signing in with Okta here."),
      roles: z.array(roleSchema()).min(1, "is empty: nobody could do anything").max(200),
      clients: z.array(clientSchema()).max(500).default([]).describe("Clients that are known beforehand."),
      registration: registrationSchema(),
      allowed_origins: z.array(origin("An origin.")).default([]).describe("Web pages whose scripts may call /mcp."),
      limits: z
        .strictObject({
          calls_at_once: count("Calls of one person at once.", 1_000).default(8),
          calls_at_once_in_all: count("Calls at once in all.", 100_000).default(256),
          body_bytes: count("The largest body of a request to /mcp.", 16_777_216).default(1_048_576),
        })
        .prefault({}),
      log: z.strictObject({ level: z.enum(["debug", "info", "warn", "error"]).default("info") }).prefault({}),
    })
    .superRefine((given, context) => {
      const { client_secret_file: secret, private_key_file: key } = given.okta;
      if ((secret === undefined) === (key === undefined)) {
        context.addIssue({
          code: "custom",
          path: ["okta"],
          message: "needs exactly one of client_secret_file, private_key_file",
        });
      }
      const names = given.roles.map(({ name }) => name);
      for (const [index, name] of names.entries()) {
        if (names.indexOf(name) < index)
          context.addIssue({
            code: "custom",
            path: ["roles", index, "name"],
            message: "is the name of an earlier role",
          });
      }
    });
}

/** The content of serve.json, with every default. */
export type ServeFile = z.infer<ReturnType<typeof serveFileSchema>>;

/** One role, as serve.json has it. */
export type RoleEntry = ServeFile["roles"][number];
