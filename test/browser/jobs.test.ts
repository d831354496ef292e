// What people do with jobs on the page: submit, look, change, cancel, retry, read the log. Every change is asked about first.
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { getJson, type JobJson, submitJob } from '../support/server-process.ts';
import { describeInBrowser } from './support/chromium.ts';
import { aServer, names } from './support/queue-page.ts';

interface Submitted {
  job_id: string;
}
interface Job extends JobJson {
  state: string;
}

async function submitted(url: string, body: object): Promise<string> {
  return ((await (await submitJob(url, body)).json()) as Submitted).job_id;
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
const stateOf = async (url: string, id: string) => (await getJson<Job>(`${url}/jobs/${id}`)).state;
const shownState = (page: Page) => page.locator('.job-head .state').textContent();

describeInBrowser('jobs on the page', (open) => {
  describe('the form', () => {
    it('submits a job, which is then shown at its position', async () => {
      const server = await aServer('--dry-run-duration', '1h', '--max-concurrency', '1');
      await submitJob(server.url, { name: 'first' });
      const { page } = await open(`${server.url}/#/submit`);
      await page.getByLabel('Name', { exact: true }).fill('by-form');
      await page.getByLabel('Priority').fill('7');
      await page.getByLabel('Environment').fill('EPOCHS=3\nMODE=a=b');
      await button(page, 'Submit').click();
      await page.getByText(/by-form is accepted and on disk, at position \d/).waitFor();
      await page.getByRole('link', { name: 'by-form' }).click();
      await page.getByRole('heading', { name: 'by-form' }).waitFor();
      const spec = JSON.parse((await page.locator('pre.text').textContent()) ?? '');
      expect(spec.env).toEqual([
        { name: 'EPOCHS', value: '3' },
        { name: 'MODE', value: 'a=b' },
      ]);
    });

    it('shows the server’s words beside the fields that they are about, and submits nothing', async () => {
      const server = await aServer();
      const { page } = await open(`${server.url}/#/submit`);
      await page.getByLabel('Name', { exact: true }).fill('No Name');
      await page.getByLabel('Priority').fill('7000000');
      await page.getByLabel('CPU').fill('much');
      await button(page, 'Submit').click();
      await expect.poll(() => page.locator('#mistake-name').textContent()).toMatch(/must be a DNS label/);
      expect(await page.locator('#mistake-priority').textContent()).toContain('from -1000000 to 1000000');
      expect(await page.locator('#mistake-cpu').textContent()).toContain('quantity');
      expect(await page.locator('#field-name').getAttribute('aria-invalid')).toBe('true');
      await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('field-name');
      expect(await getJson(`${server.url}/jobs`)).toEqual([]);
    });
  });

  describe('the editor', () => {
    it('tells the line of what the server refuses, and of what is no YAML', async () => {
      const server = await aServer();
      const { page } = await open(`${server.url}/#/submit`);
      await button(page, 'YAML').click();
      await expect.poll(() => page.locator('#yaml').inputValue()).toContain('name: job1');
      await page.locator('#yaml').fill('name: good\nimage: busybox\nenv:\n  - name: A\n    value: 3\n');
      await button(page, 'Submit').click();
      await page.getByRole('button', { name: 'line 5' }).waitFor();
      await page.locator('#yaml').fill('name: [broken\n');
      await button(page, 'Submit').click();
      await page.locator('#yaml-mistakes li').filter({ hasNotText: '/env' }).first().waitFor();
      expect(await getJson(`${server.url}/jobs`)).toEqual([]);
    });

    it('submits several jobs, and a bare manifest, at once', async () => {
      const server = await aServer();
      const { page } = await open(`${server.url}/#/submit`);
      await button(page, 'YAML').click();
      const spec = 'spec: {template: {spec: {containers: [{name: main, image: busybox}]}}}';
      await page
        .locator('#yaml')
        .fill(`name: one\n---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: two}\n${spec}\n`);
      await button(page, 'Submit').click();
      await expect.poll(() => page.locator('.accepted a').allTextContents()).toEqual(['one', 'two']);
    });
  });

  it('asks again when a question was left the moment before', async () => {
    const server = await aServer('--dry-run-duration', '1h', '--max-concurrency', '1', '--settle-ms', '0');
    const id = await submitted(server.url, { name: 'runs' });
    const { page } = await open(`${server.url}/#/jobs/${id}`);
    await button(page, 'Cancel').click();
    await page.getByRole('dialog').waitFor();
    await page.evaluate(`document.querySelector('dialog').close(); document.activeElement.click();`);
    await page.getByRole('dialog').waitFor();
    await button(page, 'Cancel the job').click();
    await page.locator('.job-head .state.cancelled').waitFor();
  });

  it('a priority is changed after a question, and the order follows', async () => {
    const server = await aServer('--dry-run-duration', '1h', '--max-concurrency', '1', '--settle-ms', '0');
    await submitJob(server.url, { name: 'runs' });
    await submitJob(server.url, { name: 'a', priority: 5 });
    await submitJob(server.url, { name: 'b', priority: 1 });
    const { page } = await open(server.url);
    await expect.poll(() => names(page)).toEqual(['a', 'b']);
    await page.getByRole('link', { name: 'b', exact: true }).click();
    await button(page, 'Priority…').click();
    await page.getByRole('dialog').getByText('Now it is 1.').waitFor();
    await page.getByLabel('New priority').fill('9');
    await button(page, 'Change it').click();
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await page.getByRole('link', { name: 'Queue' }).click();
    await expect.poll(() => names(page)).toEqual(['b', 'a']);
  });

  it('a pending job is held, released and cancelled, and each question says what will happen', async () => {
    const server = await aServer('--dry-run-duration', '1h', '--max-concurrency', '1', '--settle-ms', '0');
    await submitJob(server.url, { name: 'runs' });
    const id = await submitted(server.url, { name: 'waits' });
    const { page } = await open(`${server.url}/#/jobs/${id}`);
    const steps = [
      ['Hold', 'Hold it', /will not run until somebody releases it/, 'held'],
      ['Release', 'Release it', /may run again as soon as/, 'pending'],
      ['Cancel', 'Cancel the job', /never will: it ends at once/, 'cancelled'],
    ] as const;
    for (const [action, confirm, words, state] of steps) {
      await button(page, action).click();
      await page.getByRole('dialog').getByText(words).waitFor();
      await button(page, confirm).click();
      await expect.poll(() => shownState(page)).toContain(state);
      expect(await stateOf(server.url, id)).toBe(state);
    }
    expect(await page.locator('.history .state').allTextContents()).toEqual([
      '○ pending',
      '‖ held',
      '○ pending',
      '⊘ cancelled',
    ]);
  });

  it('a question that is left changes nothing', async () => {
    const server = await aServer('--dry-run-duration', '1h', '--settle-ms', '0');
    const id = await submitted(server.url, { name: 'stays' });
    const { page } = await open(`${server.url}/#/jobs/${id}`);
    await button(page, 'Cancel').click();
    await page
      .getByRole('dialog')
      .getByText(/It runs now: its workload is deleted/)
      .waitFor();
    await button(page, 'Leave it').click();
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    expect(await stateOf(server.url, id)).toBe('running');
  });

  it('a running job shows its workload and its log as it grows, and after its end why it failed', async () => {
    const server = await aServer('--controllers', 'health', '--settle-ms', '0');
    const annotations = { 'kubejobs.io/simulate-duration': '4s', 'kubejobs.io/simulate-exit-code': '3' };
    const id = await submitted(server.url, { name: 'fails', image: 'busybox', annotations });
    const { page } = await open(`${server.url}/#/jobs/${id}`);
    await page.locator('.tree').getByText('Container', { exact: true }).waitFor();
    await button(page, 'Show the log').click();
    await page.locator('.log').getByText('started').waitFor();
    await expect.poll(() => shownState(page), { timeout: 10_000 }).toContain('failed');
    await page.getByText('The end of the log.').waitFor();
    await page.locator('.job-head').getByText('exit_code', { exact: true }).waitFor();
    expect(await page.locator('.facts').textContent()).toContain('Exit code3');
    await button(page, 'Retry').click();
    await page.getByRole('dialog').getByText('It is pending again').waitFor();
    await button(page, 'Run it again').click();
    await expect.poll(() => page.locator('.facts').textContent()).toContain('Running for');
    await expect.poll(() => page.getByLabel('Attempt').locator('option').allTextContents()).toEqual(['1', '2']);
  });

  it('what is searched for is found by name, label, queue and id', async () => {
    const server = await aServer('--dry-run-duration', '1h', '--max-concurrency', '1', '--settle-ms', '0');
    await submitJob(server.url, { name: 'runs' });
    await submitJob(server.url, { name: 'x', labels: { team: 'a' } });
    await submitJob(server.url, { name: 'yard', labels: { team: 'b' }, queue: 'night' });
    const id = await submitted(server.url, { name: 'z', labels: { team: 'a' }, hold: true });
    const { page } = await open(server.url);
    const search = page.getByLabel('Search jobs');
    for (const [text, found] of [
      ['ya', ['yard']],
      ['yard', ['yard']],
      ['ard', []],
      ['team=a', ['x']],
      ['queue:night', ['yard']],
      ['nobody', []],
      ['', ['x', 'yard']],
    ] as const) {
      await search.fill(text);
      await search.press('Enter');
      await expect.poll(() => names(page)).toEqual(found);
    }
    await search.fill(id);
    await search.press('Enter');
    await page.getByRole('heading', { name: 'z' }).waitFor();
  });
});
