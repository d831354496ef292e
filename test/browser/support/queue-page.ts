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

const batchSize = 10_000;

/** Pending jobs of nine priorities, in arrays. */
export async function manyJobs(url: string, jobs: number): Promise<void> {
  for (let from = 0; from < jobs; from += batchSize) {
    const submissions = Array.from({ length: Math.min(batchSize, jobs - from) }, (_, index) => ({
      name: `job-${from + index}`,
      priority: ((from + index) * 7_919) % 9,
    }));
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/jobs/batch`, { method: 'POST', headers, body: JSON.stringify(submissions) });
    if (!answer.ok) throw new Error(`the batch was answered ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
  }
}
