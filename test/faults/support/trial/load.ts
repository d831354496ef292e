// Clients that keep a server busy: they submit with all kinds of priorities and fates, cancel, change priorities and look,
// each on its own and in an order that its seed decides. A client whose call gets no answer is done: its server is gone.
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../../../internal/platform/random.ts';
import type { SubmissionDocument } from '../../../../pkg/client/documents.ts';
import { fateAnnotations, fateLabel } from '../../../cluster/harness/fate.ts';
import type { Call } from '../history/history.ts';
import type { Recorder } from '../history/recorder.ts';

export interface LoadOptions {
  url: string;
  recorder: Recorder;
  random: Random;
  /** Begins the name of every job. */
  prefix: string;
  clients: number;
  /** No client submits while this many jobs are unfinished. */
  mostUnfinished: number;
}

export interface Load {
  /** Resolves when no call is under way any more. */
  stop(): Promise<void>;
}

export function startLoad(options: LoadOptions): Load {
  const shared: Shared = { ...options, ids: [], unfinished: 0, submitted: 0, stopped: false };
  const clients = Array.from({ length: options.clients }, () => client(shared));
  const all = Promise.all([...clients, countUnfinished(shared)]);
  return {
    async stop() {
      shared.stopped = true;
      await all;
    },
  };
}

interface Shared extends LoadOptions {
  ids: string[];
  unfinished: number;
  submitted: number;
  stopped: boolean;
}

const lookEveryMs = 100;
const longestPauseMs = 25;

async function countUnfinished(shared: Shared): Promise<void> {
  while (!shared.stopped) {
    const health = await shared.recorder.health(shared.url);
    if (health.answeredAt === undefined) return;
    shared.unfinished = (health.running ?? 0) + (health.pending ?? 0);
    await delay(lookEveryMs);
  }
}

async function client(shared: Shared): Promise<void> {
  while (!shared.stopped) {
    const call = await oneCall(shared);
    if (call.answeredAt === undefined) return;
    await delay(shared.random.next() * longestPauseMs);
  }
}

async function oneCall(shared: Shared): Promise<Call> {
  const { recorder, random, url } = shared;
  const choice = random.next();
  const jobId = shared.ids.at(-1 - Math.floor(random.next() * 12));
  if (choice < 0.5 && shared.unfinished < shared.mostUnfinished) return submit(shared);
  if (jobId === undefined || choice > 0.95) return recorder.queue(url, choice > 0.97 ? 'pending' : 'running');
  if (choice < 0.65) return recorder.show(url, jobId);
  return choice < 0.75 ? recorder.cancel(url, jobId) : recorder.reprioritise(url, jobId, priority(random));
}

async function submit(shared: Shared): Promise<Call> {
  shared.submitted += 1;
  shared.unfinished += 1;
  const call = await shared.recorder.submit(shared.url, submission(shared, `${shared.prefix}-${shared.submitted}`));
  if (call.jobId !== undefined) shared.ids.push(call.jobId);
  return call;
}

function submission({ random }: Shared, name: string): SubmissionDocument {
  const fails = random.next() < 0.15;
  const annotations = { [fateAnnotations.duration]: `${50 + Math.floor(random.next() * 300)}ms` };
  const labels = { [fateLabel]: fails ? 'fail' : 'succeed' };
  return { name, priority: priority(random), labels, annotations };
}

/** Few enough values that many jobs have the same. */
function priority(random: Random): number {
  return Math.floor(random.next() * 5) - 2;
}
