// The dashboard on the compiled program, in a real Chromium: what the first view weighs, how long it takes until it shows rows
// of 100,000 pending jobs, and how long frames take while all of them are scrolled through.
// Prints rows of docs/performance.md. ARGS="--jobs 100000 --loads 10".
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launch } from '../browser/support/launch.ts';
import { manyJobs } from '../browser/support/many-jobs.ts';
import { repositoryRoot } from '../support/repository.ts';
import { startProgram } from './support/program.ts';

const { values } = parseArgs({
  options: { jobs: { type: 'string', default: '100000' }, loads: { type: 'string', default: '10' } },
});
const jobs = Number(values.jobs);
const loads = Number(values.loads);

/** Files of the first view, and with all that is loaded later. */
function bytes(): void {
  const folder = `${repositoryRoot}dist/web/`;
  const page = readFileSync(`${folder}index.html`, 'utf8');
  const named = [...page.matchAll(/"\.\/(assets\/[^"]+)"/g)].map((match) => match[1] as string);
  const all = readdirSync(`${folder}assets`).filter((name) => !/\.(br|gz)$/.test(name));
  const weigh = (files: readonly string[], suffix: string) =>
    files.reduce((sum, name) => sum + statSync(`${folder}${name}${suffix}`).size, 0);
  const row = (title: string, files: readonly string[]) =>
    console.log(`| ${[title, ...['', '.gz', '.br'].map((suffix) => kilobytes(weigh(files, suffix)))].join(' | ')} |`);
  console.log('| | raw kB | gzip kB | brotli kB |\n|---|---|---|---|');
  row('first view', ['index.html', ...named]);
  row('everything', ['index.html', ...all.map((name) => `assets/${name}`)]);
}

function kilobytes(size: number): string {
  return (size / 1_000).toFixed(1);
}

/** Runs in the page from its very beginning. */
const noteFirstRow = `new MutationObserver((_, observer) => {
  if (!document.querySelector('.lists tbody tr[data-index]:not(.coming) td.name a')) return;
  observer.disconnect();
  requestAnimationFrame(() => { window.firstRowAt = performance.now(); });
}).observe(document, { childList: true, subtree: true, attributes: true });`;

/** Asked again and again: the page's policy lets no script wait inside it. */
async function firstRowAt(page: Page): Promise<number> {
  for (;;) {
    const time = await page.evaluate<number | undefined>('window.firstRowAt');
    if (time !== undefined) return time;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function firstRows(browser: Browser, url: string): Promise<number[]> {
  const times = [];
  for (let load = 0; load <= loads; load += 1) {
    const page = await (await browser.newContext()).newPage();
    await page.addInitScript(noteFirstRow);
    await page.goto(url);
    const time = await firstRowAt(page);
    if (load > 0) times.push(time); // the first one warms up
    await page.context().close();
  }
  return times;
}

/** Runs in the page: a thousand frames from the top to the bottom, and what each took. */
const scrollThrough = `new Promise((resolve) => {
  const viewport = document.querySelector('.viewport');
  const room = viewport.scrollHeight - viewport.clientHeight;
  const steps = 1000;
  const times = [];
  let last = performance.now();
  const step = () => {
    const now = performance.now();
    times.push(now - last);
    last = now;
    viewport.scrollTop = (room * times.length) / steps;
    if (times.length < steps) requestAnimationFrame(step);
    else resolve(times.slice(1));
  };
  requestAnimationFrame(step);
})`;

/** The same, but as somebody does who turns a wheel: 3,000 rows, three a frame. */
const turnTheWheel = scrollThrough.replace('(room * times.length) / steps', 'times.length * 108');

async function frames(page: Page, how: string): Promise<number[]> {
  await page.evaluate(`document.querySelector('.viewport').scrollTop = 0`);
  return await page.evaluate<number[]>(how);
}

function summary(times: number[]): string[] {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] as number).toFixed(0);
  return [at(0.5), at(0.95), at(0.99), at(1)];
}

async function main(): Promise<void> {
  bytes();
  const flags = [
    '--dry-run',
    '--dry-run-duration',
    '1h',
    '--max-concurrency',
    '2',
    '--port',
    '0',
    '--log-level',
    'warn',
  ];
  const program = await startProgram(`${repositoryRoot}dist/cmd/kubejobs/main.js`, ['serve', ...flags]);
  const { url } = program;
  await manyJobs(url, jobs);
  const browser = await launch();
  const first = (await firstRows(browser, url)).toSorted((a, b) => a - b);
  const middle = first[Math.floor(first.length / 2)] as number;
  console.log(`\nfirst rows of ${jobs}: ${middle.toFixed(0)} ms (${first[0]?.toFixed(0)}–${first.at(-1)?.toFixed(0)})`);
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  await page.goto(url);
  await page.locator('.lists tbody tr[data-index]:not(.coming)').first().waitFor();
  console.log(
    '\n| scrolled | frame ms: median | p95 | p99 | longest | elements in the document |\n|---|---|---|---|---|---|',
  );
  for (const [title, how] of [
    ['three rows a frame', turnTheWheel],
    ['from end to end', scrollThrough],
  ] as const) {
    const times = await frames(page, how);
    const elements = await page.evaluate<number>(`document.querySelectorAll('*').length`);
    console.log(`| ${[title, ...summary(times), elements].join(' | ')} |`);
  }
  await browser.close();
  await program.stop();
}

await main();
