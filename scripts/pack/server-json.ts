import * as z from "zod";
import { askedSettings } from "./settings.js";

/** The parts of `package.json` that the other manifests repeat. */
export interface PackageFacts {
  name: string;
  mcpName: string;
  version: string;
  license: string;
  keywords: string[];
  engines: { node: string };
}

const SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";

export const SUMMARY = "Administer an Okta org: scoped tools, removals confirmed, nothing of Okta's answers lost.";

/** No range and no tag: the registry takes whole versions only. */
const exactVersion = z
  .string()
  .max(255)
  .regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/);

/**
 * The rules of the MCP registry for the parts of a `server.json` that are used here (schema
 * 2025-12-11 and the registry's own requirements): names, lengths, what must be there.
 */
export const serverJsonSchema = z.strictObject({
  $schema: z.literal(SCHEMA),
  name: z
    .string()
    .min(3)
    .max(200)
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  version: exactVersion,
  packages: z
    .array(
      z.strictObject({
        registryType: z.literal("npm"),
        identifier: z.string().min(1),
        version: exactVersion,
        runtimeHint: z.literal("npx"),
        transport: z.strictObject({ type: z.literal("stdio") }),
        environmentVariables: z.array(
          z.strictObject({
            name: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
            description: z.string().min(1),
            isRequired: z.boolean().optional(),
            isSecret: z.boolean().optional(),
            format: z.enum(["string", "number", "boolean", "filepath"]).optional(),
          }),
        ),
      }),
    )
    .min(1),
});

export type ServerJson = z.infer<typeof serverJsonSchema>;

/** The entry in the MCP registry. */
export function serverJson({ name, mcpName, version }: PackageFacts): ServerJson {
  return serverJsonSchema.parse({
    $schema: SCHEMA,
    name: mcpName,
    title: "Okta administration",
    description: SUMMARY,
    version,
    packages: [
      {
        registryType: "npm",
        identifier: name,
        version,
        runtimeHint: "npx",
        transport: { type: "stdio" },
        environmentVariables: askedSettings.map(({ env, meaning, required, kind }) => ({
          name: env,
          description: meaning,
          ...(required ? { isRequired: true } : {}),
          ...(kind === "secret" ? { isSecret: true } : {}),
          ...(kind === "file" ? { format: "filepath" } : {}),
          ...(kind === "yes-or-no" ? { format: "boolean" } : {}),
        })),
      },
    ],
  });
}
