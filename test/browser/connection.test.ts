// A server that is gone: the page keeps what it last knew, greys it, says since when, and goes on by itself.
import { expect, it, onTestFinished } from 'vitest';
import { startServer, submitJob } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeInBrowser } from './support/chromium.ts';
import { holders, names } from './support/queue-page.ts';

describeInBrowser('a restart of the server', (open) => {
  it('is said, with the time, and what happened meanwhile is shown afterwards', async () => {
    const folder = temporaryFolder();
    const flags = ['--dry-run-duration', '1h', '--settle-ms', '0', '--max-concurrency', '1'];
    const start = (port: string) => startServer([...flags, '--port', port, '--store', `sqlite:${folder.path}/jobs.db`]);
    const first = await start('0');
    onTestFinished(() => folder.remove());
    await submitJob(first.url, { name: 'runs' });
    await submitJob(first.url, { name: 'waits' });
    const { page } = await open(first.url);
    await expect.poll(async () => [await names(page), await holders(page)]).toEqual([['waits'], ['runs']]);

    await first.kill('SIGKILL');
    const notice = page.getByRole('alert').filter({ hasText: 'does not answer' });
    await notice.waitFor();
    expect(await notice.textContent()).toMatch(/since \d\d:\d\d:\d\d.*Reconnecting/);
    await page.getByText('reconnecting…', { exact: true }).waitFor();
    const filter = `getComputedStyle(document.querySelector('main.stale')).filter`;
    expect(await page.evaluate(filter)).toBe('grayscale(1)');
    expect([await names(page), await holders(page)]).toEqual([['waits'], ['runs']]);

    const second = await start(new URL(first.url).port);
    onTestFinished(async () => {
      await second.kill('SIGKILL');
    });
    await submitJob(second.url, { name: 'new', priority: 3 });
    await expect.poll(() => names(page), { timeout: 20_000 }).toEqual(['new', 'waits']);
    expect([await notice.count(), await page.locator('main.stale').count()]).toEqual([0, 0]);
  });
});
