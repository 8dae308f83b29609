import { expect, test } from "vitest";
import { startCompanyWeb } from "../support/company-server.js";

test("probes that are well are in the log at debug alone, and every other request at info", async () => {
  const { publicUrl, lines } = await startCompanyWeb();
  for (const path of ["/readyz", "/healthz", "/nothing"])
    await fetch(`${publicUrl}${path}`).then((answer) => answer.text());
  await expect.poll(() => lines.filter((line) => / request /.test(line)).length).toBe(3);
  const levelOf = (path: string) =>
    lines.find((line) => / request /.test(line) && line.includes(path))?.match(/\b(debug|info)\b/)?.[0];
  expect(["/readyz", "/healthz", "/nothing"].map(levelOf)).toEqual(["debug", "debug", "info"]);
});
