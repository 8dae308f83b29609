import { OktaMcpError } from "../errors/index.js";
import type { ResourceService } from "../resources/resource-service.js";
import type { ResourceText } from "../resources/resource-source.js";

/** The longest URI that an error tells back. */
const MAX_TOLD_CHARS = 500;

/** The most values of one completion (MCP, `CompleteResult`). */
const MAX_VALUES = 100;

/** A fault of a request about resources, for the error type of an adapter's library. */
export interface ResourceFault {
  kind: "not_found" | "unreadable";
  message: string;
  data?: { uri: string };
}

/** The content of a resource in the form for a client (MCP, `ReadResourceResult`), or why there is none. */
export async function contentsOf(
  resources: ResourceService,
  uri: string,
): Promise<{ contents: ResourceText[] } | { fault: ResourceFault }> {
  try {
    const text = await resources.read(uri);
    if (text !== undefined) return { contents: [text] };
  } catch (error) {
    const message = error instanceof OktaMcpError ? `${error.message} ${error.fix}` : "The text cannot be read.";
    return { fault: { kind: "unreadable", message } };
  }
  return {
    fault: {
      kind: "not_found",
      message: "There is no resource of this URI. Take one of the list of resources, or fill in one of the templates.",
      ...(uri.length <= MAX_TOLD_CHARS && { data: { uri } }),
    },
  };
}

/** What a client wants completed (MCP, `CompleteRequest`). */
interface Completion {
  ref: { type: string; uri?: string | undefined };
  argument: { name: string; value: string };
}

/** The values for a variable of a template in the form for a client (MCP, `CompleteResult`). */
export async function completionOf(resources: ResourceService, { ref, argument }: Completion) {
  const template = ref.type === "ref/resource" ? ref.uri : undefined;
  const values = template === undefined ? [] : await resources.complete(template, argument.name, argument.value);
  const shown = values.slice(0, MAX_VALUES);
  return { completion: { values: shown, total: values.length, hasMore: shown.length < values.length } };
}
