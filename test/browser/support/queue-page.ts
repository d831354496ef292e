// What the queue view says, as a reader takes it from the page.
import type { Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { type ServerProcess, startServer } from '../../support/server-process.ts';

/** A dry run that ends with the test. */
export async function aServer(...flags: string[]): Promise<ServerProcess> {
  const server = await startServer(flags);
  onTestFinished(async () => {
    await server.kill('SIGKILL');
  });
  return server;
}

/** The jobs that hold the slots, slot by slot. */
export function holders(page: Page): Promise<string[]> {
  return page.locator('.slots .holder a').allTextContents();
}

/** The names in the list that is shown, in its order. */
export function names(page: Page): Promise<string[]> {
  return page.locator('.lists tbody td.name').allTextContents();
}
