import * as z from "zod";
import { defineTool } from "../src/tool.js";

export const getScopeStatus = defineTool({
  name: "get_scope_status",
  purpose: "explain scopes",
  title: "Get scope status",
  description: "Tell which scopes are configured and granted, which tools are on or off and what to do.",
  scope: null,
  effect: "reads",
  staysOn: true,
  input: z.strictObject({}),
  run: ({ scopeStatus }) => scopeStatus(),
});
