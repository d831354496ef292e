// A hundred thousand pending jobs: what is in sight is right wherever one looks, and nothing else is in the document.
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { type JobJson, submitJob } from '../support/server-process.ts';
import { describeInBrowser } from './support/chromium.ts';
import { manyJobs } from './support/many-jobs.ts';
import { aServer } from './support/queue-page.ts';

const jobs = 100_000;
const mostNodes = 1_500;

interface Row {
  index: number;
  position: string;
  name: string;
}

/** The rows that are in the document, but for those that are not loaded yet. */
function rowsOf(page: Page): Promise<Row[]> {
  return page.evaluate(`[...document.querySelectorAll('.lists tbody tr[data-index]:not(.coming)')].map((row) => ({
    index: Number(row.dataset.index),
    position: row.querySelector('td.number').textContent,
    name: row.querySelector('td.name').textContent,
  }))`);
}

const scrollTo = (page: Page, top: string) => page.evaluate(`document.querySelector('.viewport').scrollTop = ${top}`);
const nodes = (page: Page) => page.evaluate<number>(`document.querySelectorAll('*').length`);

/** The name at a position, as the API has it. */
async function nameAt(url: string, position: number): Promise<string> {
  const [job] = (await (await fetch(`${url}/queue?position=${position}&limit=1`)).json()) as JobJson[];
  return job?.name ?? '';
}

/** Waits until the row at `at` is there and those around it are as the API has them. */
async function expectRightRows(page: Page, url: string, at: number): Promise<void> {
  const wrong = async (): Promise<unknown> => {
    const rows = await rowsOf(page);
    if (!rows.some(({ index }) => index === at)) return `no row ${at}`;
    const misplaced = rows.filter(({ index, position }) => position !== index.toLocaleString('en'));
    const looked = [rows[0], rows.find(({ index }) => index === at), rows.at(-1)] as Row[];
    const names = await Promise.all(looked.map(({ index }) => nameAt(url, index)));
    return [...misplaced, ...looked.filter(({ name }, index) => name !== names[index])];
  };
  await expect.poll(wrong, { timeout: 20_000 }).toEqual([]);
  expect(await nodes(page)).toBeLessThan(mostNodes);
}

describeInBrowser('a queue of 100,000 jobs', (open) => {
  it('shows the right rows at its beginning, anywhere in it and at its end, and follows changes', async () => {
    const server = await aServer('--dry-run-duration', '1h', '--max-concurrency', '1', '--settle-ms', '0');
    await submitJob(server.url, { name: 'runs', priority: 1_000 });
    await manyJobs(server.url, jobs);
    const { page } = await open(server.url);
    await page.getByRole('button', { name: 'Pending 100,000' }).waitFor();
    await expectRightRows(page, server.url, 0);
    expect(await page.locator('.viewport table').getAttribute('aria-rowcount')).toBe('100001');

    await scrollTo(page, '50_000 * 36');
    await expectRightRows(page, server.url, 50_000);
    for (const step of [1, 2, 3, 4, 5, 6, 7, 8]) await scrollTo(page, `${50_000 * 36} + ${step} * 300`);
    await expectRightRows(page, server.url, 50_070);
    await scrollTo(page, '1e9');
    await expectRightRows(page, server.url, jobs - 1);

    await scrollTo(page, '50_000 * 36');
    await expectRightRows(page, server.url, 50_000);
    const before = (await rowsOf(page)).find(({ index }) => index === 50_000);
    await submitJob(server.url, { name: 'urgent', priority: 999 });
    const after = async () => (await rowsOf(page)).find(({ index }) => index === 50_001)?.name;
    await expect.poll(after, { timeout: 20_000 }).toBe(before?.name);
    await expectRightRows(page, server.url, 50_001);
    await scrollTo(page, '0');
    await expect.poll(async () => (await rowsOf(page))[0]?.name).toBe('urgent');
  }, 120_000);
});
