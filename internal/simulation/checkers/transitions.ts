// Each row goes only where the table of states lets it go, its timeline says the same as its columns, and a job and its
// newest attempt agree about how it stands.
import { isFinished, mayFollow, reasonsByState } from '../../../pkg/models/index.ts';
import type { Checker, TraceEntry } from '../trace.ts';
import { Findings } from './findings.ts';
import type { JobRow, RowChange, Rows } from './rows.ts';

type Committed = Extract<TraceEntry, { kind: 'committed' }>;

export class TransitionChecker implements Checker {
  readonly #found = new Findings();
  /** When each job's timeline was last written; meaningless once a clock was set back. */
  readonly #lastAt = new Map<string, number>();
  #clockWasSet = false;

  see(entry: TraceEntry, rows: Rows): void {
    if (entry.kind === 'clock_jumped') this.#clockWasSet = true;
    if (entry.kind !== 'committed') return;
    for (const change of entry.changes) this.#checkChange(entry, change);
    this.#checkTimelines(entry, rows);
    for (const jobId of new Set(entry.changes.map((change) => change.jobId))) {
      const job = rows.jobs.get(jobId);
      if (job) this.#checkRow(entry.at, job, rows);
      if (job && isFinished(job.state)) this.#lastAt.delete(jobId);
    }
  }

  violations(): readonly string[] {
    return this.#found.sentences;
  }

  #checkChange({ at, commit }: Committed, { jobId, from, to, set }: RowChange): void {
    if (set === 'inserted') return;
    if (from === undefined || to === undefined) {
      this.#found.add(`wrong transition: a change at ${at} names ${jobId}, which has no row`);
    } else if (from !== to && !mayFollow(from, to)) {
      this.#found.add(`wrong transition: ${jobId} went from ${from} to ${to} at ${at}`);
    } else if (from !== to && !commit.timeline.some((line) => line.jobId === jobId && line.entry.state === to)) {
      this.#found.add(`timeline: ${jobId} became ${to} at ${at} and its timeline does not say so`);
    } else if (set.priority !== undefined && from === 'running') {
      this.#found.add(`wrong transition: ${jobId} got a new priority while it was ${from} at ${at}`);
    }
  }

  #checkTimelines({ at, commit }: Committed, rows: Rows): void {
    for (const [index, { jobId, entry }] of commit.timeline.entries()) {
      const job = rows.jobs.get(jobId);
      const last = this.#lastAt.get(jobId);
      if (last !== undefined && entry.at < last && !this.#clockWasSet) {
        this.#found.add(`timeline: ${jobId} has ${entry.state} at ${entry.at} after a line of ${last}`);
      }
      this.#lastAt.set(jobId, entry.at);
      if (commit.timeline.slice(index + 1).some((later) => later.jobId === jobId)) continue;
      // A trouble that is over leaves no line of its own.
      const isWell = job?.state === 'running' && job.reason === undefined;
      if (job?.state !== entry.state || (job.reason !== entry.reason && !isWell)) {
        const says = `${entry.state} ${entry.reason ?? ''}`;
        this.#found.add(
          `timeline: at ${at} that of ${jobId} ends with ${says}, the row says ${job?.state} ${job?.reason}`,
        );
      }
    }
  }

  #checkRow(at: number, job: JobRow, rows: Rows): void {
    const problem = problemOf(job, rows);
    if (problem) this.#found.add(`row: ${job.jobId} is ${job.state} at ${at} and ${problem}`);
  }
}

function problemOf(job: JobRow, rows: Rows): string | undefined {
  const { state, reason, startedAt, finishedAt, attempt } = job;
  const newest = rows.attempt(job.jobId, attempt);
  const isOver = isFinished(state);
  if (reason !== undefined && !(reasonsByState[state] as readonly string[]).includes(reason))
    return `has the reason ${reason}`;
  if (isOver !== (finishedAt !== undefined)) return isOver ? 'has no end' : 'has an end';
  if (state === 'running' && (startedAt === undefined || attempt < 1)) return 'was never started';
  if (state === 'running' && (!newest || newest.finishedAt !== undefined)) return 'its attempt is over';
  if (state !== 'running' && newest && newest.finishedAt === undefined) return 'its attempt goes on';
  if (isOver && newest?.cancelRequestedAt !== undefined && state !== 'cancelled') return 'its cancel was written down';
  if (state === 'running' && newest?.giveWay !== undefined && reason !== 'cancelling')
    return 'is to give way, and does not';
  if (state !== 'running' && newest?.giveWay !== undefined) return 'its attempt is still to give way';
  if (isOver && startedAt !== undefined && newest?.outcome !== state) return `its attempt is ${newest?.outcome}`;
  if (isOver && startedAt !== undefined && newest?.exitCode !== job.exitCode)
    return 'its attempt has another exit code';
  return undefined;
}
