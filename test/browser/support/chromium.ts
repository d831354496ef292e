// A real Chromium for the tests of the dashboard: one browser in a file, a page of its own in a test, and what the page
// complained of. Where there is none the tests are skipped and say so, unless KUBEJOBS_REQUIRE_BROWSER=1.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest';
import { executablePath, hasChromium, launch } from './launch.ts';

if (!hasChromium) {
  const words = `no Chromium at ${executablePath} (KUBEJOBS_CHROMIUM names another one)`;
  if (process.env.KUBEJOBS_REQUIRE_BROWSER === '1')
    throw new Error(`KUBEJOBS_REQUIRE_BROWSER=1, but there is ${words}`);
  process.stderr.write(`the tests of the dashboard are skipped: there is ${words}\n`);
}

export interface Visit {
  page: Page;
  /** What the browser refused by the page's policy, what went wrong in scripts, and errors on the console. */
  complaints: string[];
}

export type OpenPage = (url: string, options?: BrowserContextOptions) => Promise<Visit>;

/** A `describe` with a browser in it. Every page has to come to its end without a complaint. */
export function describeInBrowser(title: string, tests: (open: OpenPage) => void): void {
  describe.skipIf(!hasChromium)(title, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(() => browser?.close());
    tests((url, options) => openPage(browser, url, options));
  });
}

async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isNetwork(message.text())) complaints.push(message.text());
  });
  await page.addInitScript(tellOfViolations);
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
  await page.goto(url);
  return { page, complaints };
}

/** Runs in the page. */
const tellOfViolations = `document.addEventListener('securitypolicyviolation', (event) => {
  console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample);
});`;

/** A refused call or a server that is gone is shown by the page; that the browser notes it too is no complaint. */
function isNetwork(text: string): boolean {
  return /Failed to load resource|net::ERR_/.test(text);
}
