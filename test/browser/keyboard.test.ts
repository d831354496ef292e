// Everything without a mouse: where the focus goes, and that it is seen.
import { expect, it } from 'vitest';
import { getJson, type JobJson, submitJob } from '../support/server-process.ts';
import { describeInBrowser } from './support/chromium.ts';
import { manyJobs } from './support/many-jobs.ts';
import { aServer, names } from './support/queue-page.ts';

describeInBrowser('the keyboard alone', (open) => {
  it('walks the queue, opens a job, cancels it, and gets back', async () => {
    const server = await aServer('--dry-run-duration', '1h', '--max-concurrency', '1', '--settle-ms', '0');
    await submitJob(server.url, { name: 'runs', priority: 100 });
    await manyJobs(server.url, 500);
    const { page } = await open(server.url);
    await expect.poll(async () => (await names(page)).length).toBeGreaterThan(5);
    const press = (key: string) => page.keyboard.press(key);
    const focused = <T>(what: string) => page.evaluate<T>(`document.activeElement.${what}`);

    await press('Tab');
    expect(await focused('textContent')).toBe('Skip to content');
    await press('Enter');
    expect(await focused('id')).toBe('content');
    for (let tabs = 0; tabs < 30 && (await focused('className')) !== 'viewport'; tabs += 1) await press('Tab');
    expect(await focused('className')).toBe('viewport');

    for (const [key, index] of [
      ['ArrowDown', 0],
      ['ArrowDown', 1],
      ['PageDown', 11],
      ['End', 499],
      ['ArrowUp', 498],
      ['Home', 0],
      ['ArrowDown', 1],
    ] as const) {
      await press(key);
      await expect.poll(() => focused('dataset.index')).toBe(String(index));
    }
    expect(await focused('matches(":focus-visible")')).toBe(true);
    const name = await page.locator('tr[data-index="1"] td.name').textContent();
    await press('Enter');
    await page.getByRole('heading', { name: name ?? '', exact: true }).waitFor();

    const cancel = page.getByRole('button', { name: 'Cancel' });
    await cancel.focus();
    await press('Enter');
    await page.getByRole('dialog').waitFor();
    await press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    expect(await focused('textContent')).toBe('Cancel');
    await press('Enter');
    await page.getByRole('dialog').waitFor();
    await press('Tab');
    expect(await focused('textContent')).toBe('Cancel the job');
    await press('Enter');
    await page.locator('.job-head .state.cancelled').waitFor();
    const [job] = await getJson<Array<JobJson & { state: string }>>(`${server.url}/jobs?name=${name}`);
    expect(job?.state).toBe('cancelled');
    await page.goBack();
    await page.locator('.lists').waitFor();
  });
});
