// Which Chromium, and how it is started: without a sandbox of its own, a graphics card and calls to anybody.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

export const executablePath = process.env.KUBEJOBS_CHROMIUM ?? '/usr/bin/chromium';
export const hasChromium = existsSync(executablePath);
const args = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath, args });
}
