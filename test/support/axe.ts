import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe has against a page: the rule, and the places in the page. */
export type AxeFinding = `${string}: ${string}`;

/**
 * Has axe-core judge a page. It runs in a world of its own beside the page's, so that the page's policy against scripts
 * stays as it is.
 */
export async function axeFindings(page: Page): Promise<AxeFinding[]> {
  const session = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await session.send("Page.getFrameTree");
    const { executionContextId: contextId } = await session.send("Page.createIsolatedWorld", {
      frameId: frameTree.frame.id,
      worldName: "axe",
    });
    await session.send("Runtime.evaluate", { expression: source, contextId });
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
      contextId,
      awaitPromise: true,
      returnByValue: true,
      expression: `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.flatMap(
        ({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ": " + target.join(" ") + " " + failureSummary)))`,
    });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
    return result.value as AxeFinding[];
  } finally {
    await session.detach();
  }
}
