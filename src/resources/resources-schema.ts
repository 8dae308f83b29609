import * as z from "zod";
import { INVISIBLE } from "../text/quote.js";
import { uriTemplate } from "./uri-template.js";

/** The scheme of our own reference. */
export const OWN_SCHEME = "okta";

/** Schemes by which a client might run a text or show it as its own. */
const RUN_SCHEMES: ReadonlySet<string> = new Set(["javascript", "vbscript", "data", "blob", "about"]);

/** A URI without a fragment: its scheme, then what RFC 3986 (section 2) allows. A client gets it as it is. */
const URI = /^([a-z][a-z0-9+.-]{0,30}):(?:[A-Za-z0-9._~:/?[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/;

const MEDIA_TYPE = /^[a-z]+\/[a-z0-9][a-z0-9.+_-]{0,99}$/;

/** What is wrong with a URI, as the rest of a sentence; undefined where it is right. */
function wrongUri(uri: string): string | undefined {
  const scheme = URI.exec(uri)?.[1];
  if (scheme === undefined || !URL.canParse(uri)) return "is no URI of the form scheme:..., as docs://api/policies";
  if (scheme === OWN_SCHEME) return `has the scheme ${OWN_SCHEME}, which is for the reference of okta-mcp itself`;
  if (RUN_SCHEMES.has(scheme)) return `has the scheme ${scheme}, which is none of a resource`;
  const plain = new URL(uri).href;
  // Some clients bring a URI into this form before they ask for it.
  return plain === uri ? undefined : `is not in its plain form. Write ${plain}`;
}

function wrongTemplate(template: string): string | undefined {
  const read = uriTemplate(template);
  return "problem" in read ? read.problem : wrongUri(template.replaceAll(/\{\w+\}/g, "x"));
}

/** A text that is seen as it is. */
const line = (max: number, description: string) =>
  z
    .string()
    .min(1, "is empty")
    .max(max, `is longer than ${max} characters`)
    .refine((value) => value.search(INVISIBLE) < 0, "has a character that nobody sees")
    .describe(description);

const address = (description: string, wrong: (value: string) => string | undefined) =>
  line(500, description).superRefine((value, { addIssue }) => {
    const problem = wrong(value);
    if (problem !== undefined) addIssue(problem);
  });

const members = () => ({
  uri: address("The URI of a text, as docs://api/policies.", wrongUri).optional(),
  template: address(
    "In place of uri: a template of URIs with variables, as schema://employee/{gpid} (RFC 6570, level 1).",
    wrongTemplate,
  ).optional(),
  file: line(
    4_096,
    "The file with the text, UTF-8, at most 256 KiB. A relative path begins at the folder of the settings. With a template, {name} in the path is a variable within one folder, and {{name}} in the text is replaced by its value.",
  ),
  name: line(100, "Its name for programs. By default that of the file.").optional(),
  title: line(200, "Its name for people.").optional(),
  description: line(1_000, "What it is for; a model decides by it whether to read it.").optional(),
  mime_type: z
    .string()
    .regex(MEDIA_TYPE, "is no media type, as text/markdown")
    .optional()
    .describe("Its media type. By default the one of the file's ending."),
});

/** The texts that a settings file offers for reading. */
function listOf<Shape extends z.ZodRawShape>(shape: Shape) {
  const entry = z
    .strictObject(shape)
    .refine((given) => Object.hasOwn(given, "uri") !== Object.hasOwn(given, "template"), {
      message: "needs exactly one of uri, template",
    })
    .meta({ oneOf: [{ required: ["uri"] }, { required: ["template"] }] });
  return z.array(entry).max(200, "has more than 200 items");
}

const WHAT = "Texts that clients can read (MCP resources).";

/** The member `resources` of the settings of one person (stdio). */
export function resourcesSchema() {
  return listOf(members()).describe(WHAT);
}

/** The member `resources` of serve.json, where each says who may read it. */
export function rolesResourcesSchema() {
  const roles = z
    .array(z.string().min(1, "is empty"))
    .min(1, "is empty: nobody could read it")
    .max(200)
    .describe("The names of the roles that may read it. To all others it is as if it were not there.");
  return listOf({ ...members(), roles }).describe(WHAT);
}

/** One text as the settings have it. */
export type ResourceEntry = z.infer<ReturnType<typeof resourcesSchema>>[number] & {
  /** The names of the roles that may read it; undefined where there is one person. */
  roles?: readonly string[] | undefined;
};
