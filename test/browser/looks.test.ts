// How the page looks to everyone: enough contrast in both themes, nothing beside a phone's width, and the pictures of the README
// still like the page.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/repository.ts';
import { getJson, submitJob } from '../support/server-process.ts';
import { describeInBrowser } from './support/chromium.ts';
import { contrastOf, ratio } from './support/contrast.ts';
import { differenceOf } from './support/pictures.ts';
import { aServer, names } from './support/queue-page.ts';

const fate = (seconds: number, exitCode = 0) => ({
  'kubejobs.io/simulate-duration': `${seconds * 1_000}ms`,
  'kubejobs.io/simulate-exit-code': String(exitCode),
});

/** Jobs in every state, after a while in which some have come and gone; workloads that are well and some that are not. */
async function aBusyServer(...before: Array<[seconds: number, exitCode?: number]>): Promise<string> {
  const flags = ['--controllers', 'health', '--dry-run-duration', '10m', '--max-concurrency', '3', '--settle-ms', '0'];
  const { url } = await aServer(...flags);
  for (const [index, [seconds, exitCode]] of before.entries()) {
    await submitJob(url, { name: `render-${index}`, priority: 9, annotations: fate(seconds, exitCode) });
  }
  for (const name of ['train-resnet', 'train-bert', 'evaluate']) {
    await submitJob(url, { name, priority: 8, image: 'python:3.13', labels: { team: 'vision' } });
  }
  for (let number = 1; number <= 14; number += 1) {
    await submitJob(url, { name: `sweep-${number}`, priority: 5 - (number % 4), queue: 'nightly' });
  }
  await submitJob(url, { name: 'migrate', hold: true });
  await submitJob(url, { name: 'backup', start_after: { in: '2h' } });
  const ended = async () => (await getJson<object[]>(`${url}/jobs/finished`)).length;
  await expect.poll(ended, { timeout: 60_000 }).toBe(before.length);
  return url;
}

const aWhile: Array<[number, number?]> = [[3], [2], [5], [4, 1], [2], [3], [6], [2], [4], [3, 1], [5], [3], [2], [4]];

const views: ReadonlyArray<[name: string, visit: (page: Page, url: string) => Promise<void>]> = [
  ['queue', async (page) => void (await expect.poll(async () => (await names(page)).length).toBeGreaterThan(5))],
  [
    'finished jobs',
    async (page) => {
      await page.getByRole('button', { name: /^Finished/ }).click();
      await page.locator('.lists .state.failed').waitFor();
    },
  ],
  [
    'job',
    async (page) => {
      await page.locator('.slots .holder a').first().click();
      await page.getByRole('button', { name: 'Show the log' }).click();
      await page.locator('.tree').getByText('Container', { exact: true }).waitFor();
      await page.locator('.log').getByText('started').waitFor();
    },
  ],
  [
    'question',
    async (page) => {
      await page.locator('.slots .holder a').first().click();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('dialog').waitFor();
    },
  ],
  [
    'workloads',
    async (page) => {
      await page.getByRole('link', { name: 'Workloads' }).click();
      await page.locator('.workloads summary').first().click();
      await page.locator('.tree').getByText('Container', { exact: true }).waitFor();
    },
  ],
  [
    'form',
    async (page) => {
      await page.getByRole('link', { name: 'Submit' }).click();
      await page.getByRole('button', { name: 'Submit', exact: true }).click();
      await page.locator('#mistake-name').getByText('must').waitFor();
    },
  ],
  [
    'editor',
    async (page) => {
      await page.getByRole('link', { name: 'Submit' }).click();
      await page.getByRole('button', { name: 'YAML' }).click();
      await expect.poll(() => page.locator('#yaml').inputValue()).toContain('name');
    },
  ],
];

describe('the contrast of', () => {
  it.each([
    ['rgb(0, 0, 0)', 'rgb(255, 255, 255)', 21],
    ['rgb(119, 119, 119)', 'rgb(255, 255, 255)', 4.48],
    ['rgb(255, 255, 255)', 'rgb(255, 255, 255)', 1],
  ])('%s on %s is %d', (one, other, expected) => expect(ratio(one, other)).toBeCloseTo(expected, 2));
});

/** Runs in the page: the width of the narrowest name in a list; names must not be squeezed out on a phone. */
const narrowestName = `Math.min(...[...document.querySelectorAll('td.name'), document.body].map((cell) => cell.clientWidth))`;

describeInBrowser('how it looks', (open) => {
  it('every text of every view has a contrast of AA, in light and in dark, and none is wider than a phone', async () => {
    const url = await aBusyServer([0.3], [0.4, 2]);
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const viewport of [
        { width: 1280, height: 900 },
        { width: 360, height: 740 },
      ]) {
        for (const [view, visit] of views) {
          const { page } = await open(url, { colorScheme, viewport });
          await visit(page, url);
          const { looked, faint } = await contrastOf(page);
          const where = `${view}, ${colorScheme}, ${viewport.width} wide`;
          expect(looked, where).toBeGreaterThan(8);
          expect(faint, where).toEqual([]);
          const width = await page.evaluate<number>('document.documentElement.scrollWidth');
          expect(width, where).toBeLessThanOrEqual(viewport.width);
          const narrowest = await page.evaluate<number>(narrowestName);
          expect(narrowest, where).toBeGreaterThan(70);
          await page.context().close();
        }
      }
    }
  }, 240_000);

  it.each([
    ['dashboard', 'light', 'queue'],
    ['dashboard-dark', 'dark', 'queue'],
    ['dashboard-job', 'light', 'job'],
  ] as const)(
    'docs/images/%s.png is like the page (KUBEJOBS_TAKE_PICTURES=1 takes it anew)',
    async (name, colorScheme, view) => {
      const { page } = await open(await aBusyServer(...aWhile), {
        colorScheme,
        viewport: { width: 1200, height: 860 },
      });
      await views.find(([each]) => each === view)?.[1](page, '');
      await page.getByText('live', { exact: true }).waitFor();
      const picture = await page.screenshot({ animations: 'disabled' });
      const path = `${repositoryRoot}docs/images/${name}.png`;
      if (process.env.KUBEJOBS_TAKE_PICTURES === '1') {
        mkdirSync(`${repositoryRoot}docs/images`, { recursive: true });
        writeFileSync(path, picture);
      }
      expect(existsSync(path)).toBe(true);
      expect(await differenceOf(page, path, picture)).toBeLessThan(0.12);
    },
  );
});
