import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, type TestContext } from "vitest";
import { plainBrowser } from "../../support/browser.js";
import { openBrowser } from "../../support/chromium.js";
import type { CompanyWeb } from "../../support/company-server.js";

/**
 * The person at a program's machine, who signs in and allows the program to act.
 * @param address the address that the program opens in the browser
 * @param redirectUri where the program waits for the code
 * @returns the address with the code, at which the browser arrives
 */
export type Person = (address: URL, redirectUri: string) => Promise<URL>;

/** What a person was shown. */
export interface Seen {
  /** How often the page asked whether the program may act. */
  consents: number;
  /** Runs while the person looks at the page that asks, however long that takes. */
  whileAsked?: () => Promise<void>;
}

/** A person with a browser that runs no scripts. The org signs them in by itself, and the browser stays the same. */
export function plainPerson({ follow, company }: CompanyWeb, login: string, seen: Seen = { consents: 0 }): Person {
  const browser = plainBrowser();
  return async (address, redirectUri) => {
    company.control.autoSignIn(login);
    let visit = await follow(browser, await browser.get(address), redirectUri);
    if (visit.location === undefined && visit.html.includes('value="allow"')) {
      seen.consents += 1;
      await seen.whileAsked?.();
      visit = await follow(browser, await browser.submit(visit, visit.url, { answer: "allow" }), redirectUri);
    }
    return visit.location ?? expect.fail(`The browser did not arrive at the program: ${visit.status} ${visit.html}`);
  };
}

/** A person who allows a program to read alone, the first time that it asks. */
export function readingAtFirst(person: Person): Person {
  let isFirst = true;
  return (address, redirectUri) => {
    const narrowed = new URL(address);
    if (isFirst) narrowed.searchParams.set("scope", "mcp:read");
    isFirst = false;
    return person(narrowed, redirectUri);
  };
}

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
