import { requireTool, versionOf } from "../support/ci-tools.js";
import { describeClient } from "./each-client.js";
import { connectInstalled, connectOlder } from "./sdk-peers.js";

const OLD_SDK = "@modelcontextprotocol/sdk";

describeClient({ name: "the SDK of the older era", era: "legacy", find: () => connectOlder });

describeClient({
  name: `the SDK of the older era, ${versionOf(OLD_SDK)}`,
  era: "legacy",
  find: (context) => connectInstalled(requireTool(context, OLD_SDK)),
  asks: false,
});
