import * as z from "zod";
import { OktaMcpError } from "../../src/errors/index.js";
import { defineTool, type Impact } from "../../src/tool.js";

/** The parts of a fixture tool that the suite prescribes. */
interface Fixture {
  name: string;
  description: string;
}

const nothing = z.strictObject({});

/** A tool that answers with one text. */
const says = ({ name, description }: Fixture, text: string) =>
  defineTool({
    name,
    title: "Say a text",
    description,
    scope: null,
    effect: "reads",
    input: nothing,
    run: async () => ({ text }),
  });

/** A tool that a person has to agree to. `state` returns the state of its target at each look. */
const asks = ({ name, description }: Fixture, state: () => number = () => 0) =>
  defineTool({
    name,
    title: "Ask a person",
    description,
    scope: "okta.groups.manage",
    effect: "removes",
    input: z.strictObject({ message: z.string().optional() }),
    impact: async (_context, { message = "Please agree" }): Promise<Impact> => ({
      target: { type: "group", name: "Fixture", id: "00g1" },
      details: [message],
      state: state(),
    }),
    change: { undo: "A fixture changes nothing." },
    run: async () => ({ text: "The person agreed." }),
  });

/** Returns a state that changes once, between the first look and the second. */
function changesOnce(): () => number {
  let looks = 0;
  return () => {
    looks += 1;
    return looks === 1 ? 0 : 1;
  };
}

/**
 * The tools that the suite calls by name, as far as a tool of this server can be like them. They pass through the real
 * path of a call.
 */
export const fixtureTools = () => ({
  fixtures: {
    testSimpleText: says({ name: "test_simple_text", description: "Say a text." }, "A simple text."),
    testLoggingTool: says({ name: "test_logging_tool", description: "Say a text without a log." }, "No log."),
    testTriggerToolChange: says(
      { name: "test_trigger_tool_change", description: "Announce a change of the list." },
      "The list has changed.",
    ),
    testErrorHandling: defineTool({
      name: "test_error_handling",
      title: "Fail",
      description: "Fail.",
      scope: null,
      effect: "reads",
      input: nothing,
      run: () => Promise.reject(new OktaMcpError("bad_input", "This tool fails on purpose.")),
    }),
    testToolWithProgress: defineTool({
      name: "test_tool_with_progress",
      title: "Read pages",
      description: "Read the groups page by page, and report each page.",
      scope: "okta.groups.read",
      effect: "reads",
      input: nothing,
      run: async ({ okta, whole }) => {
        const groups = await whole((after) => okta.groups.listGroups.page({ limit: 1, after }));
        return { groups: groups.length };
      },
    }),
    testElicitation: asks({ name: "test_elicitation", description: "Ask a person." }),
    testStreamingElicitation: asks({ name: "test_streaming_elicitation", description: "Ask a person." }),
    testMissingCapability: asks({
      name: "test_missing_capability",
      description: "Refuse a client that cannot ask a person.",
    }),
    testInputRequiredResultElicitation: asks({
      name: "test_input_required_result_elicitation",
      description: "Ask a person.",
    }),
    testInputRequiredResultRequestState: asks({
      name: "test_input_required_result_request_state",
      description: "Ask a person, with a state.",
    }),
    testInputRequiredResultTamperedState: asks({
      name: "test_input_required_result_tampered_state",
      description: "Ask a person, with a state that nobody can make up.",
    }),
    testInputRequiredResultCapabilities: asks({
      name: "test_input_required_result_capabilities",
      description: "Ask a person if the client can ask.",
    }),
    testInputRequiredResultMultiRound: asks(
      {
        name: "test_input_required_result_multi_round",
        description: "Ask a person twice, as the target changes after the first question.",
      },
      changesOnce(),
    ),
    testInputRequiredResultListRoots: defineTool({
      name: "test_input_required_result_list_roots",
      title: "Read a file",
      description: "Ask for the client's folders, then read a file.",
      scope: null,
      effect: "reads",
      readsFile: "path",
      // The suite gives no arguments, and opens a folder that no machine has.
      input: z.strictObject({ path: z.string().default("/test/root/file.txt") }),
      run: async ({ readFile }, { path }) => {
        const { data } = await readFile(path, { maxBytes: 100 });
        return { bytes: data.length };
      },
    }),
  },
});
