// Trying again: an attempt follows a failed one only for a cause that the job's rules name, as often as they allow and not
// before its backoff; a failure that is to be retried is; and a finished job runs again only when a person asked for it,
// and then the count begins anew. One that gave way runs again after a backoff of its own, whatever its rules say, and only if
// it was asked to.
import type { Checker, Submission, TraceEntry } from '../trace.ts';
import { Findings } from './findings.ts';
import type { AttemptRow, JobRow, Rows } from './rows.ts';

type Committed = Extract<TraceEntry, { kind: 'committed' }>;
type Retries = NonNullable<NonNullable<Submission['rules']>['retries']>;

interface Model {
  retries: Retries | undefined;
  /** Since it was accepted, or since a person had it run again; without those that a quota refused. */
  failures: number;
  /** The newest attempt that no quota refused. */
  newest: number;
  runAgainAsked: number;
  /** How often it gave way, as `failures` is counted; an attempt that gave way is no failure. */
  gaveWay: number;
}

/** The documented jitter: up to a quarter less. */
const leastShare = 0.75;
const giveWayFirstMs = 10_000;
const giveWayLongestMs = 600_000;

export class RetryChecker implements Checker {
  readonly #submissions = new Map<string, Submission>();
  readonly #models = new Map<string, Model>();
  readonly #found = new Findings();
  /** `<jobId>/<attempt>` of those that were asked to give way. */
  readonly #toGiveWay = new Set<string>();

  see(entry: TraceEntry, rows: Rows): void {
    if (entry.kind === 'submitted') this.#submissions.set(entry.name, entry.submission);
    if (entry.kind === 'retry_asked') this.#modelOf(entry.jobId, rows).runAgainAsked += 1;
    if (entry.kind === 'give_way_asked') this.#toGiveWay.add(`${entry.jobId}/${entry.attempt}`);
    if (entry.kind !== 'committed') return;
    for (const change of entry.changes) {
      const job = rows.jobs.get(change.jobId);
      if (!job || change.set === 'inserted' || change.from === change.to) continue;
      if (ends.has(change.from ?? '') && !ends.has(change.to ?? '')) this.#runAgain(job, entry.at, rows);
      else if (change.from === 'running') this.#attemptEnded(job, entry, rows);
    }
    for (const { jobId, attempt } of entry.commit.attempts) this.#started(jobId, attempt, rows);
  }

  violations(): readonly string[] {
    return this.#found.sentences;
  }

  #modelOf(jobId: string, rows: Rows): Model {
    let model = this.#models.get(jobId);
    if (!model) {
      const { retries } = this.#submissions.get(rows.jobs.get(jobId)?.name ?? '')?.rules ?? {};
      model = { retries, failures: 0, newest: 0, runAgainAsked: 0, gaveWay: 0 };
      this.#models.set(jobId, model);
    }
    return model;
  }

  #runAgain(job: JobRow, at: number, rows: Rows): void {
    const model = this.#modelOf(job.jobId, rows);
    if (model.runAgainAsked === 0) this.#found.add(`retry: ${job.name} runs again at ${at} and nobody asked for it`);
    model.runAgainAsked -= 1;
    model.failures = 0;
    model.gaveWay = 0;
  }

  #attemptEnded(job: JobRow, { at, commit }: Committed, rows: Rows): void {
    const model = this.#modelOf(job.jobId, rows);
    const changes = commit.attemptChanges.filter(({ jobId, set }) => jobId === job.jobId && set.outcome !== undefined);
    const last = changes.at(-1);
    const attempt = last && rows.attempt(job.jobId, last.attempt);
    if (!last || !attempt || last.set.outcome === 'refused_by_quota') return;
    model.newest = last.attempt;
    if (last.set.outcome === 'gave_way') this.#gaveWay(job, model, attempt);
    else this.#ranToItsEnd(job, model, attempt, at);
  }

  #ranToItsEnd(job: JobRow, model: Model, attempt: AttemptRow, at: number): void {
    if (attempt.outcome === 'failed') model.failures += 1;
    const isDue = attempt.outcome === 'failed' && isToBeRetried(model, attempt);
    const isOver = ends.has(job.state);
    if (isDue && job.state === 'failed')
      this.#found.add(`retry: ${job.name} failed at ${at} and was to be tried again`);
    if (!isDue && !isOver) this.#found.add(`retry: ${job.name} is to be tried again at ${at} and should not`);
    if (!isOver) this.#checkWait(job, model, attempt);
  }

  #gaveWay(job: JobRow, model: Model, { attempt, finishedAt = 0 }: AttemptRow): void {
    model.gaveWay += 1;
    if (!this.#toGiveWay.has(`${job.jobId}/${attempt}`))
      this.#found.add(`gave way: ${job.name}/${attempt} did at ${finishedAt}, and nobody asked it to`);
    const isRight = !ends.has(job.state) || ['expired', 'cancelled'].includes(job.state);
    if (!isRight) this.#found.add(`gave way: ${job.name} is ${job.state} at ${finishedAt} instead of waiting`);
    const full = Math.min(giveWayLongestMs, giveWayFirstMs * 2 ** (model.gaveWay - 1));
    if (!ends.has(job.state)) this.#checkBackoff(job, full, finishedAt);
  }

  #started(jobId: string, { attempt }: AttemptRow, rows: Rows): void {
    const model = this.#modelOf(jobId, rows);
    const name = rows.jobs.get(jobId)?.name;
    const { retries, failures, newest } = model;
    if (attempt !== newest + 1) this.#found.add(`retry: attempt ${attempt} of ${name} came after ${newest}`);
    if (failures > (retries?.max ?? 0)) {
      this.#found.add(
        `retry: ${name} was started for the ${failures + 1}th time, and ${retries?.max ?? 0} retries are allowed`,
      );
    }
  }

  /** That it does not start before the time in its row is another checker's business. */
  #checkWait(job: JobRow, { retries, failures }: Model, { finishedAt = 0 }: AttemptRow): void {
    if (!retries) return;
    const full = Math.min(retries.maxBackoffMs, retries.backoffMs * retries.backoffFactor ** (failures - 1));
    this.#checkBackoff(job, full, finishedAt);
  }

  #checkBackoff({ name, startAt }: JobRow, full: number, finishedAt: number): void {
    const waitedMs = (startAt ?? finishedAt) - finishedAt;
    if (waitedMs > full) this.#found.add(`retry: ${name} is to wait ${waitedMs} ms, and ${full} ms is the most`);
    if (waitedMs < Math.floor(full * leastShare)) {
      this.#found.add(
        `retry: ${name} was tried again after ${waitedMs} ms, and ${full} ms less a quarter is the least`,
      );
    }
  }
}

const ends: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled', 'expired']);

function isToBeRetried({ retries, failures }: Model, attempt: AttemptRow): boolean {
  if (!retries || failures > retries.max) return false;
  return causesOf(attempt).some((cause) => (retries.on as readonly string[]).includes(cause));
}

const causeOfReason: Readonly<Record<string, string>> = {
  deadline: 'timeout',
  workload_deleted: 'deleted',
  node_lost: 'node_lost',
  create_refused: 'create_refused',
};

function causesOf({ reason, exitCode }: AttemptRow): string[] {
  const cause = reason && causeOfReason[reason];
  return cause === undefined ? ['failed', `exit:${exitCode}`] : [cause];
}
