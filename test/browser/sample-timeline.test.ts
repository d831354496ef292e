// The sample timeline as somebody sees it who has the page open: nothing is reloaded.
import { expect, it } from 'vitest';
import { submitJob } from '../support/server-process.ts';
import { describeInBrowser } from './support/chromium.ts';
import { aServer, holders, names } from './support/queue-page.ts';

describeInBrowser('the sample timeline', (open) => {
  it('is shown as it happens: who holds the slots, who waits in which order, and what has finished', async () => {
    const server = await aServer('--dry-run-duration', '2s', '--settle-ms', '300');
    const { page } = await open(server.url);
    await page.getByText('live', { exact: true }).waitFor();
    for (const [name, priority] of [
      ['job1', 2],
      ['job2', 5],
      ['job3', 5],
    ] as const)
      await submitJob(server.url, { name, priority });
    await expect.poll(() => holders(page)).toEqual(['job2', 'job3']);
    for (const name of ['job4', 'job5']) await submitJob(server.url, { name, priority: 3 });
    await expect.poll(() => names(page)).toEqual(['job4', 'job5', 'job1']);
    await expect.poll(() => holders(page), { timeout: 10_000 }).toEqual(['job4', 'job5']);
    await expect.poll(() => holders(page), { timeout: 10_000 }).toEqual(['job1']);
    await page.getByRole('button', { name: /^Finished/ }).click();
    await expect.poll(() => names(page), { timeout: 10_000 }).toEqual(['job1', 'job5', 'job4', 'job3', 'job2']);
  });
});
