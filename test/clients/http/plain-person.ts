import assert from "node:assert/strict";
import { plainBrowser } from "../../support/browser.js";
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

/** What such a person needs of a company. */
export interface PlainWeb extends Pick<CompanyWeb, "follow"> {
  company: { control: Pick<CompanyWeb["company"]["control"], "autoSignIn"> };
}

/** A person with a browser that runs no scripts. The org signs them in by itself, and the browser stays the same. */
export function plainPerson({ follow, company }: PlainWeb, login: string, seen: Seen = { consents: 0 }): Person {
  const browser = plainBrowser();
  return async (address, redirectUri) => {
    company.control.autoSignIn(login);
    let visit = await follow(browser, await browser.get(address), redirectUri);
    if (visit.location === undefined && visit.html.includes('value="allow"')) {
      seen.consents += 1;
      await seen.whileAsked?.();
      visit = await follow(browser, await browser.submit(visit, visit.url, { answer: "allow" }), redirectUri);
    }
    return visit.location ?? assert.fail(`The browser did not arrive at the program: ${visit.status} ${visit.html}`);
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
