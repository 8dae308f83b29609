import { requireTool, versionOf } from "../support/ci-tools.js";
import { describeClient } from "./each-client.js";
import { connectInstalled, connectModern, connectOlder } from "./sdk-peers.js";

const OLD_SDK = "@modelcontextprotocol/sdk";

describeClient({ name: "the SDK of the older era", era: "legacy", find: () => connectOlder });

describeClient({
  name: `the SDK of the older era, ${versionOf(OLD_SDK)}`,
  era: "legacy",
  find: (context) => connectInstalled(requireTool(context, OLD_SDK)),
  asks: false,
});

describeClient({ name: "the SDK of 2026-07-28", era: "modern", find: () => connectModern({ pin: "2026-07-28" }) });

describeClient({ name: "the SDK of both eras", era: "modern", find: () => connectModern("auto") });
