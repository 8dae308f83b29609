import * as z from "zod";
import { file, origin, text } from "../config/schema-parts.js";
import { isObject } from "../json/json.js";
import { API_AUTH_KINDS, checkApiAuth, HEADER_NAME } from "./api-auth-rules.js";

/** The name of an API, by which settings name its tools as one area. */
const API_NAME = /^[a-z][a-z0-9_-]{0,31}$/;

/** A claim of the caller's token, as `claim:employeeNumber`. */
const CLAIM = /^claim:[^\s"\\]{1,200}$/;

const number = (description: string, max: number) =>
  z.int().min(1).max(max, `is more than ${max}`).describe(description);

const authSchema = (transport: "http" | "stdio") =>
  z
    .strictObject({
      kind: z
        .enum(API_AUTH_KINDS)
        .describe(
          "Whose identity a call carries. user_grant: the person's own, who grants it once at the API's authorization server. exchange: a token for the API in exchange for the caller's (RFC 8693). client_credentials: that of an app, whoever calls. api_key: a key of the API. none: nobody's.",
        ),
      issuer: origin("The API's authorization server, e.g. https://acme.okta.com/oauth2/aus1abcd.").optional(),
      client_id: text("The id of the app there.", 200).optional(),
      client_secret_file: file("A file with its client secret.").optional(),
      private_key_file: file("A file with its private key, PEM or JWK.").optional(),
      key_id: text("The id of the key, where the file does not tell it.", 200).optional(),
      scopes: z
        .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, "is no scope"))
        .min(1, "is empty")
        .max(100)
        .optional()
        .describe("The scopes to ask for. An operation that needs another one cannot be chosen."),
      audience: text("The audience (aud) of the tokens, which has to be this API alone.", 2_000).optional(),
      redirect_port: z
        .int()
        .min(1_024)
        .max(65_535)
        .optional()
        .describe(
          "For user_grant on a person's own machine: the port of this machine to which the sign-in comes back. The redirect URI http://127.0.0.1:{port}/callback has to be at the app. 8484 by default.",
        ),
      file: file("A file with the key of the API.").optional(),
      in: z.enum(["header", "query", "cookie"]).optional().describe("Where the key is sent: header or query."),
      name: z
        .string()
        .regex(HEADER_NAME, "is no name of a header or a parameter")
        .optional()
        .describe("The name of the header or the parameter."),
    })
    .superRefine((auth, { addIssue }) => {
      checkApiAuth(auth, transport, (member, message) => addIssue({ code: "custom", path: [member], message }));
    })
    .describe("How the API knows who calls. A client's own token never reaches it.");

const operationSchema = () =>
  z
    .strictObject({
      id: text("An operationId of the document.", 500).optional(),
      match: z
        .strictObject({
          method: z.enum(["GET", "HEAD"]),
          path: text("A path of the document: * is any characters of one part, ** any number of parts.", 500).regex(
            /^\//,
            "has to begin with /",
          ),
          tag: text("Only operations with this tag.", 200).optional(),
        })
        .optional()
        .describe("Operations that read, by a pattern. Whatever writes is named by its id."),
      consent: z
        .literal("always")
        .optional()
        .describe("A person is asked before each call. Whatever removes asks in any case."),
      effect: z
        .enum(["changes", "removes"])
        .optional()
        .describe("What it does, where that is more than its method tells: it only makes the rules stricter."),
    })
    .refine(({ id, match }) => (id === undefined) !== (match === undefined), {
      error: "needs exactly one of id, match",
    })
    .meta({ oneOf: [{ required: ["id"] }, { required: ["match"] }] });

const apiFields = (transport: "http" | "stdio") => ({
  document: text(
    "The API's OpenAPI document (3.0 or 3.1, JSON or YAML): a file, or an https address with sha256.",
    4_096,
  ),
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, "is no SHA-256: it has 64 hexadecimal digits")
    .optional()
    .describe("The SHA-256 of the document. Another one is refused."),
  base_url: origin("The address under which the API's paths begin. The document's own servers do not count."),
  allow_private: z
    .boolean()
    .default(false)
    .describe("The API may be in a private network. Without it, requests go to public addresses alone."),
  prefix: z
    .string()
    .regex(/^[a-z0-9_]{0,40}$/, "is no beginning of a tool's name: use a-z, 0-9 and _")
    .optional()
    .describe('What the names of its tools begin with. By default the name of the API and _; "" for nothing.'),
  auth: authSchema(transport),
  operations: z
    .array(operationSchema())
    .min(1, "is empty: nothing would be a tool")
    .max(1_000)
    .describe("The operations that become tools. No other one does."),
  rename: z
    .record(z.string(), z.string().regex(/^[a-z0-9_]{1,64}$/, "is no name of a tool: use a-z, 0-9 and _, at most 64"))
    .default({})
    .describe("Names for tools in place of those made of operationIds: a name without the prefix by an operationId."),
  bind: z
    .record(z.string(), z.array(z.string().regex(CLAIM, "is no claim, as claim:sub")).min(1, "is empty").max(10))
    .default({})
    .describe(
      "Arguments that nobody gives, since they are known of the caller: the first claim of the list that is there.",
    ),
  limits: z
    .strictObject({
      timeout_seconds: number("The time for one answer.", 300).default(20),
      response_kib: number("The largest answer that is read, in KiB, once it is unpacked.", 10_240).default(256),
      calls_per_minute: number("Requests of one caller within any 60 seconds.", 10_000).default(60),
    })
    .prefault({}),
});

/** The names of APIs, checked where each API is told apart by its name. */
function checkNames(apis: unknown, add: (name: string, message: string) => void): void {
  for (const name of Object.keys(isObject(apis) ? apis : {})) {
    if (!API_NAME.test(name)) {
      add(name, "is no name of an API: begin with a letter, use a-z, 0-9, _ and -, at most 32 characters");
    }
  }
}

/** The words for `roles` where there is one person; undefined for everything else. */
const strangeRoles: z.core.$ZodErrorMap = (issue) =>
  issue.code === "unrecognized_keys" && issue.keys.includes("roles")
    ? "has roles, which only a company's server takes (okta-mcp serve): here whoever starts okta-mcp has the API. Leave it out"
    : undefined;

const named = <Fields extends z.core.$ZodLooseShape>(fields: Fields) =>
  z
    .record(z.string(), z.strictObject(fields, "roles" in fields ? {} : { error: strangeRoles }))
    .superRefine(
      (apis, { addIssue }) => checkNames(apis, (name, message) => addIssue({ code: "custom", path: [name], message })),
      { when: ({ value }) => isObject(value) },
    )
    .describe("The company's own APIs, whose operations become tools, by names.");

/** The member `apis` of the file for one person's server, by which that person's client reaches APIs. */
export function apisSchema() {
  return named(apiFields("stdio"));
}

/** The member `apis` of serve.json, where an API is for people in some roles. */
export function companyApisSchema() {
  return named({
    ...apiFields("http"),
    roles: z
      .array(text("The name of a role.", 64))
      .min(1, "is empty: nobody could use it")
      .max(200)
      .describe("The roles whose people may use the API."),
  });
}

/** The settings of APIs, by their names. */
export type ApisSettings = Readonly<Record<string, ApiSettings>>;

/** The settings of one API; `roles` where a company's server has it. */
export type ApiSettings = z.infer<ReturnType<typeof apisSchema>>[string] & { roles?: string[] };

/** One entry of `operations`. */
export type OperationEntry = ApiSettings["operations"][number];
