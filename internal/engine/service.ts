// What the HTTP API asks of the engine: it fits pkg/api/service.ts by shape. Changes go through the engine's turns;
// reads come from committed rows, dressed with what only the live queue knows: position and the reason of the moment.
import type { Answer, Job, JobDetail, JobSubmission, Refusal } from '../../pkg/models/index.ts';
import { accepted, refusalWithin, refused } from '../../pkg/models/index.ts';
import type { Store } from '../store/store.ts';
import type { Engine } from './engine.ts';
import type { IdempotencyKey, JobChanges, KeyedSubmission, SubmissionAnswer, Submitted } from './inbox.ts';

type View = JobDetail & { queuePosition?: number };
type Entry = { jobId: string; name: string; priority: number };
type PageRequest = { limit: number; after?: readonly number[] };
type Page<T> = { items: T[]; next?: readonly number[]; total?: number };
type Settings = Engine['settings'];
type Filter = Parameters<Store['reader']['list']>[0];

export interface EngineServiceDeps {
  engine: Engine;
  store: Store;
  simulated: boolean;
  /** What the operator's policy has against the job, if anything. */
  checkPolicy?(submission: JobSubmission): Refusal | undefined;
  /** Asks the cluster whether it would take the job; undefined when it would, or when nobody can tell now. */
  checkTemplate(submission: JobSubmission): Promise<Refusal | undefined>;
}

export class EngineService {
  readonly #deps: EngineServiceDeps;

  constructor(deps: EngineServiceDeps) {
    this.#deps = deps;
  }

  async submit(submission: JobSubmission, key?: IdempotencyKey): Promise<Answer<Submitted & { replayed: boolean }>> {
    const refusal = await this.judge(submission);
    return refusal ? { ok: false, refusal } : this.#deps.engine.submit(submission, key);
  }

  /** Judges all of them first, for their order counts. */
  async submitEach(entries: readonly KeyedSubmission[]): Promise<Array<Answer<Submitted & { replayed: boolean }>>> {
    const answers: Array<Answer<Submitted & { replayed: boolean }> | undefined> = [];
    for (const { submission } of entries) {
      const { template, manifest } = submission.workload;
      const refusal = template || manifest ? await this.judge(submission) : this.#deps.checkPolicy?.(submission);
      answers.push(refusal && { ok: false, refusal });
    }
    const submitted = await this.#deps.engine.submitEach(entries.filter((_, index) => !answers[index]));
    let next = 0;
    return answers.map((answer) => answer ?? (submitted[next++] as Answer<Submitted & { replayed: boolean }>));
  }

  async submitAll(submissions: readonly JobSubmission[], key?: IdempotencyKey): Promise<Answer<SubmissionAnswer>> {
    for (const [index, submission] of submissions.entries()) {
      const refusal = await this.judge(submission);
      if (refusal) return { ok: false, refusal: refusalWithin(`/${index}`, refusal) };
    }
    return this.#deps.engine.submitAll(submissions, key);
  }

  /** What would be said against the job if it were submitted now, by the policy and, for a template, by the cluster. */
  async judge(submission: JobSubmission): Promise<Refusal | undefined> {
    const { checkPolicy, checkTemplate } = this.#deps;
    const forbidden = checkPolicy?.(submission);
    const { template, manifest } = submission.workload;
    if (forbidden || !(template ?? manifest)) return forbidden;
    return checkTemplate(submission);
  }

  async cancel(jobId: string): Promise<Answer<View>> {
    return this.#changed(jobId, await this.#deps.engine.change('cancel', jobId));
  }

  async change(jobId: string, changes: JobChanges): Promise<Answer<View>> {
    return this.#changed(jobId, await this.#deps.engine.change('change', jobId, changes));
  }

  async retry(jobId: string): Promise<Answer<View>> {
    return this.#changed(jobId, await this.#deps.engine.change('retry', jobId));
  }

  settings(): Settings {
    return this.#deps.engine.settings;
  }

  async configure(changes: Partial<Settings>): Promise<Answer<Settings>> {
    const answer = await this.#deps.engine.configure(changes);
    return answer.ok ? accepted(this.settings()) : answer;
  }

  job(jobId: string): View | undefined {
    const row = this.#deps.store.reader.job(jobId);
    return row && this.#live(row);
  }

  pending(page: PageRequest): Page<Entry> {
    const { engine, store } = this.#deps;
    const [priority, sequence] = page.after ?? [];
    const after = priority === undefined || sequence === undefined ? undefined : { priority, sequence };
    const entries = engine.view.pending(page.limit, after);
    const last = entries.at(-1);
    const more = last !== undefined && engine.view.pending(1, last).length > 0;
    // A row may be on disk a moment before the view shows it; the list has the priorities that it is ordered by.
    const priorities = new Map(entries.map(({ id, priority }) => [id, priority]));
    const rows = store.reader.jobs(entries.map((entry) => entry.id));
    const items = rows.map((row) => ({ ...entryOf(row), priority: priorities.get(row.jobId) ?? row.priority }));
    return { items, total: engine.view.pendingCount, ...(more && { next: [last.priority, last.sequence] }) };
  }

  running(page: PageRequest): Page<Entry> {
    const { engine, store } = this.#deps;
    const { ids, next, total } = engine.view.running(page.limit, page.after?.[0]);
    const items = store.reader.jobs(ids).map(entryOf);
    return { items, total, ...(next !== undefined && { next: [next] }) };
  }

  queue({ limit, after, position = 0 }: PageRequest & { position?: number }): Page<View> {
    const { engine, store } = this.#deps;
    const [priority, sequence] = after ?? [];
    const isPlace = priority !== undefined && sequence !== undefined;
    const entries = isPlace
      ? engine.view.pending(limit, { priority, sequence })
      : engine.view.pendingFrom(position, limit);
    const last = entries.at(-1);
    const more = last !== undefined && engine.view.pending(1, last).length > 0;
    const places = new Map(entries.map((entry) => [entry.id, entry]));
    // As in `pending`: what the view says goes before what the rows do.
    const items = store.reader.jobs(entries.map(({ id }) => id)).map((row) => {
      const place = places.get(row.jobId);
      const job = { attempts: [], timeline: [], ...row, state: 'pending' as const };
      return this.#livePending(place ? { ...job, priority: place.priority } : job);
    });
    return { items, total: engine.view.pendingCount, ...(more && { next: [last.priority, last.sequence] }) };
  }

  finished({ limit, after }: PageRequest): Page<View> {
    const [finishedAt, sequence] = after ?? [];
    const behind = finishedAt === undefined || sequence === undefined ? undefined : { finishedAt, sequence };
    const jobs = this.#deps.store.reader.finished(limit + 1, behind);
    const last = jobs.length > limit ? jobs[limit - 1] : undefined;
    const items = jobs.slice(0, limit).map((job) => ({ attempts: [], timeline: [], ...job }));
    const { succeeded, failed, cancelled, expired } = this.#deps.engine.counts;
    const total = succeeded + failed + cancelled + expired;
    return { items, total, ...(last && { next: [last.finishedAt as number, last.sequence] }) };
  }

  jobs(filter: Filter, page: PageRequest): Page<View> {
    const { jobs, next, total } = this.#deps.store.reader.list(filter, page.limit, page.after?.[0]);
    const items = jobs.map((job) => this.#live({ attempts: [], timeline: [], ...job }));
    return { items, ...(total !== undefined && { total }), ...(next !== undefined && { next: [next] }) };
  }

  health(): {
    accepting: boolean;
    detail?: string;
    cluster: 'reachable' | 'unreachable' | 'simulated';
    store: 'ok' | 'unavailable';
    stopping: boolean;
    maxConcurrency: number;
    paused: boolean;
    running: number;
    pending: number;
    waiting: number;
  } {
    const { engine, simulated } = this.#deps;
    const { counts } = engine;
    const reachable = engine.clusterReachable ? 'reachable' : 'unreachable';
    return {
      accepting: engine.storeAvailable && !engine.stopping,
      cluster: simulated ? 'simulated' : reachable,
      store: engine.storeAvailable ? 'ok' : 'unavailable',
      stopping: engine.stopping,
      ...engine.settings,
      running: counts.running,
      pending: counts.pending,
      waiting: counts.held + counts.scheduled + counts.blocked,
    };
  }

  #changed(jobId: string, answer: Answer<undefined>): Answer<View> {
    if (!answer.ok) return answer;
    const view = this.job(jobId);
    return view ? accepted(view) : refused('job_not_found', `There is no job with the id ${jobId}.`);
  }

  #live(row: JobDetail): View {
    if (row.state === 'pending') return this.#livePending(row);
    if (row.state === 'running') return this.#liveRunning(row);
    return row;
  }

  #livePending(row: JobDetail): View {
    const { view } = this.#deps.engine;
    const { message, reason: _reason, ...rest } = row;
    const reason = view.whyPending(row.jobId);
    const words = reason === 'quota_refused' && message !== undefined ? { message } : {};
    return { reason, queuePosition: view.position(row.priority, row.sequence), ...words, ...rest };
  }

  #liveRunning(row: JobDetail): View {
    const why = this.#deps.engine.view.whyRunning(row.jobId);
    if (!why) return row;
    const { reason: _reason, message: _message, ...rest } = row;
    return { ...why, ...rest };
  }
}

function entryOf(job: Job): Entry {
  return { jobId: job.jobId, name: job.name, priority: job.priority };
}
