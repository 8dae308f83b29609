import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, expect, onTestFinished, type TestContext } from "vitest";
import { requireOrSkip } from "./programs.js";

const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const PHONE = { width: 360, height: 740 };

let shared: Promise<Browser> | undefined;
let isClosed = false;
afterAll(async () => {
  isClosed = true;
  await (await shared)?.close();
});

/**
 * The browser of a file of tests. A worker keeps this module for its next files, in which the hook above does not run:
 * there each test has a browser of its own.
 */
async function browserAt(executablePath: string): Promise<Browser> {
  const launch = () => chromium.launch({ executablePath, args: QUIET });
  if (!isClosed) {
    shared ??= launch();
    return shared;
  }
  const own = await launch();
  onTestFinished(() => own.close());
  return own;
}

/** Opens a new page of a real browser. The test is skipped where no browser is installed. */
export async function openBrowser(context: TestContext, options: BrowserContextOptions = {}) {
  const [executablePath = ""] = requireOrSkip(context, "chromium");
  const window = await (await browserAt(executablePath)).newContext(options);
  onTestFinished(() => window.close());
  const page = await window.newPage();
  const complaints: string[] = [];
  const requested: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => requested.push(request.url()));
  return { page, complaints, requested };
}

export const heading = (page: Page) => page.getByRole("heading", { level: 1 }).textContent();

export const sidewaysScroll = (page: Page) =>
  page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

/** Repeats a key press until it has an effect, because Chromium drops keys that come before a page is painted. */
export const untilTaken = (press: () => Promise<unknown>, effect: string) =>
  expect.poll(press, { timeout: 30_000 }).toBe(effect);
