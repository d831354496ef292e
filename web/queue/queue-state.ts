// What the queue view shows, and when it is asked for again: everything when the connection is new, what the news are about
// otherwise, and how many there are now and then. Nothing here is drawn; the signals are.
import { signal } from '@preact/signals';
import type { HealthDocument, JobDocument } from '../../pkg/client/index.ts';
import { Problem } from '../../pkg/client/index.ts';
import { serverNow } from '../shared/clock.ts';
import { paced } from '../shared/frames.ts';
import { connection, listen, type News } from '../shared/live.ts';
import { api, asksForToken } from '../shared/session.ts';
import { History, hourMs } from './history.ts';
import { SlotPicture } from './slot-picture.ts';

export const health = signal<HealthDocument | undefined>(undefined);
/** Why the server takes no jobs, when it does not. */
export const unwell = signal('');
export const running = signal<readonly JobDocument[]>([]);
export const finishedTotal = signal<number | undefined>(undefined);
/** Grows whenever the picture or the history is another one. */
export const pictureVersion = signal(0);
export let picture = new SlotPicture();
export let history = new History();

const pauseMs = 250;
const healthEveryMs = 10_000;
const pageSize = 1_000;
const pagesAtMost = 3;
let isNew = true;

/** Returns what ends it. */
export function followQueue(changed: (news: News) => void): () => void {
  const stopListening = listen((news) => {
    history.changed(news.changes);
    if (news.everything) isNew = true;
    refresh();
    changed(news);
  });
  const timer = setInterval(() => connection.value.state === 'live' && !document.hidden && refresh(), healthEveryMs);
  refresh();
  return () => {
    stopListening();
    clearInterval(timer);
  };
}

const refresh = paced(async () => {
  try {
    await load();
  } catch (error) {
    asksForToken(error);
  }
}, pauseMs);

async function load(): Promise<void> {
  await loadHealth();
  const [runs, ended] = [await api().list({ states: ['running'], limit: pageSize }), await finishedLately()];
  const now = serverNow();
  if (isNew) await begin(now);
  running.value = runs.items;
  history.started(runs.items);
  history.finished(ended);
  history.depth(now, health.value?.pending ?? 0);
  picture.update(runs.items, ended, now - hourMs, now);
  pictureVersion.value += 1;
}

async function loadHealth(): Promise<void> {
  try {
    health.value = await api().health();
    unwell.value = '';
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    unwell.value = error.message;
  }
}

/** Of the last hour when the view is new, as far as some pages reach; else the newest. */
async function finishedLately(): Promise<JobDocument[]> {
  const jobs: JobDocument[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < (isNew ? pagesAtMost : 1); page += 1) {
    const found = await api().finished({ limit: isNew ? pageSize : 100, ...(cursor && { cursor }) });
    finishedTotal.value = found.total;
    jobs.push(...found.items);
    cursor = found.next;
    if (cursor === undefined || Date.parse(found.items.at(-1)?.finished_at ?? '') < serverNow() - hourMs) break;
  }
  return jobs;
}

/** Another server, or a long absence: what was known before may have holes. */
async function begin(now: number): Promise<void> {
  isNew = false;
  picture = new SlotPicture();
  history = new History();
  const accepted = await api().list({ limit: pageSize });
  const finished = await api().finished({ limit: pageSize });
  history.finished(finished.items);
  history.started(accepted.items);
  const reach = Math.max(
    reachOf(accepted.items, 'created_at', accepted.next),
    reachOf(finished.items, 'finished_at', finished.next),
  );
  history.reconstruct(accepted.items, health.value?.pending ?? 0, Math.max(reach, now - hourMs), now);
}

/** Since when a list that begins with the newest is complete. */
function reachOf(jobs: readonly JobDocument[], field: 'created_at' | 'finished_at', next: string | undefined): number {
  return next === undefined ? 0 : Date.parse(jobs.at(-1)?.[field] ?? '') || 0;
}
