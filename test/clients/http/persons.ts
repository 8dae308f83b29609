import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished, type TestContext } from "vitest";
import { openBrowser } from "../../support/chromium.js";
import type { Person } from "./plain-person.js";

/** A person with Chromium, who goes through the real pages of this server and of the org. */
export async function personWithChromium(context: TestContext, name: string) {
  const { page, complaints } = await openBrowser(context);
  const person: Person = async (address, redirectUri) => {
    const arrived = page.waitForRequest((request) => request.url().startsWith(redirectUri));
    await page.goto(address.href);
    // A person who has allowed the program before, and is signed in, sees no page.
    if (!page.url().startsWith(redirectUri)) {
      await page.getByRole("button", { name: /^(Continue with Okta|Allow)$/ }).click();
      const own = page.getByRole("button", { name });
      await own.or(page.getByText("You may close this window")).first().waitFor();
      if (await own.isVisible()) await own.click();
    }
    return new URL((await arrived).url());
  };
  return { person, page, complaints };
}

/** Listens where a program waits for its code, as a program on a person's machine does. Ends with the test. */
export async function listenForCode(path = "/callback"): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<title>Done</title><p>You may close this window.");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
}
