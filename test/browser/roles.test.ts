// With authentication on: the page asks for a token, keeps it in memory only, and offers what its role may do.
import { writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tokens, tokensText } from '../support/tokens.ts';
import { describeInBrowser } from './support/chromium.ts';
import { aServer, names } from './support/queue-page.ts';

async function aGuardedServer(): Promise<string> {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const path = `${folder.path}/tokens.yaml`;
  writeFileSync(path, tokensText(), { mode: 0o600 });
  const server = await aServer('--auth', `tokens:${path}`, '--dry-run-duration', '1h', '--max-concurrency', '1');
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${tokens.submit}` };
  for (const name of ['runs', 'waits']) {
    await fetch(`${server.url}/jobs`, { method: 'POST', headers, body: JSON.stringify({ name }) });
  }
  return server.url;
}

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token', { exact: true }).fill(token);
  await page.getByRole('button', { name: 'Go on' }).click();
}

const offered = (page: Page) => page.locator('main button, dialog button').allTextContents();

describeInBrowser('authentication', (open) => {
  it('asks for a token, tells what is wrong with one, and keeps the right one nowhere but in memory', async () => {
    const url = await aGuardedServer();
    const { page } = await open(url);
    await page.getByText('This server asks for a token').waitFor();
    await page.getByText('not signed in', { exact: true }).waitFor();
    expect(await page.locator('.mistake').textContent()).toBe('');
    await signIn(page, 'two words');
    await page.getByText(/does not look like a token/).waitFor();
    await signIn(page, tokens.unknown);
    await page.locator('.mistake').getByText('not one that this server knows').waitFor();
    await signIn(page, tokens.expired);
    await page.getByText('The token old has expired.').waitFor();
    await signIn(page, tokens.submit);
    await expect.poll(() => names(page)).toEqual(['waits']);
    await page.getByText('submiter · submit').waitFor();
    const kept = 'JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])';
    expect(await page.evaluate(kept)).not.toContain('kubejobs_');
    await page.reload();
    await page.getByText('This server asks for a token').waitFor();
  });

  it('shows a reader everything and no button that changes anything', async () => {
    const url = await aGuardedServer();
    const { page } = await open(url);
    await signIn(page, tokens.read);
    await expect.poll(() => names(page)).toEqual(['waits']);
    const lists = ['Pending 1', 'Running 1', 'Held, scheduled, blocked 0', 'Finished 0'];
    await expect.poll(() => offered(page)).toEqual([...lists, 'Search']);
    expect(await page.getByRole('link', { name: 'Submit' }).count()).toBe(0);
    await page.getByRole('link', { name: 'waits' }).click();
    await page.getByRole('heading', { name: 'waits' }).waitFor();
    expect(await offered(page)).toEqual([]);
    await page.getByText('so there is nothing to read').waitFor();
    await page.goto(`${url}/#/jobs/00000000-0000-7000-8000-000000000000`);
    await page.getByRole('heading', { name: 'No such job' }).waitFor();
    await page.getByRole('link', { name: 'Back to the queue' }).click();
    await page.getByRole('link', { name: 'runs' }).click();
    await page.getByRole('heading', { name: 'runs', level: 1 }).waitFor();
    expect(await offered(page)).toEqual(['Show the log']);
    await page.goto(`${page.url().split('#')[0]}#/submit`);
    await page.getByText('needs a token with the role submit or admin').waitFor();
  });

  it('lets a submitter change jobs, and only an administrator pause the queue', async () => {
    const url = await aGuardedServer();
    const { page } = await open(url);
    await signIn(page, tokens.submit);
    await expect.poll(() => names(page)).toEqual(['waits']);
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    await page.getByRole('link', { name: 'waits' }).click();
    await page.getByRole('button', { name: 'Cancel' }).waitFor();
    const administrator = (await open(url)).page;
    await signIn(administrator, tokens.admin);
    await administrator.getByRole('button', { name: 'Pause' }).click();
    await administrator.getByRole('button', { name: 'Pause the queue' }).click();
    await administrator.getByText('The queue is paused: nothing is dispatched.').waitFor();
  });
});
