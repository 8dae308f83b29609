import * as z from "zod";
import { text } from "../config/schema-parts.js";

/** Where the numbers of a running server are told. */
export function metricsSchema() {
  return z.strictObject({
    host: text("The address to listen on. Nobody is asked who they are there.", 253).default("127.0.0.1"),
    port: z.int().min(0).max(65_535).describe("A port of its own."),
  });
}
