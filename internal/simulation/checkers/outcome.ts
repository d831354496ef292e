// The true outcome: what a job ended as is what its fate, a cancel or somebody's deletion made of it.
import { simulateExitCodeAnnotation } from '../../../pkg/kubernetes/labels.ts';
import type { Checker, Submission, TraceEntry } from '../trace.ts';
import { Findings } from './findings.ts';
import { isOver, type JobRow, type Rows } from './rows.ts';
import { workloadOf } from './workloads.ts';

export class OutcomeChecker implements Checker {
  readonly #submissions = new Map<string, Submission>();
  readonly #cancelled = new Set<string>();
  readonly #outsider = new Set<string>();
  /** Jobs whose workload failed by itself, not because somebody was deleting it. */
  readonly #failed = new Set<string>();
  /** When each workload came, by `<jobId>/<attempt>`; and how long those took that did all their work. */
  readonly #cameAt = new Map<string, number>();
  readonly #tookMs = new Map<string, number>();
  readonly #found = new Findings();
  #clockWasSetBack = false;

  see(entry: TraceEntry, rows: Rows): void {
    if (entry.kind === 'submitted') this.#submissions.set(entry.name, entry.submission);
    if (entry.kind === 'committed') for (const { jobId } of entry.changes) this.#judge(rows.jobs.get(jobId));
    if (entry.kind === 'clock_jumped' && entry.byMs < 0) this.#clockWasSetBack = true;
    if (entry.kind === 'cancel_asked') this.#cancelled.add(entry.jobId);
    if (entry.kind === 'outsider_deleted') this.#outsider.add(entry.jobId);
    if (entry.kind !== 'workload') return;
    const { jobId, attempt, end, isDeleting } = workloadOf(entry.change);
    const key = `${jobId}/${attempt}`;
    if (entry.change.type === 'ADDED') this.#cameAt.set(key, entry.at);
    const cameAt = this.#cameAt.get(key);
    if (end === 'Complete' && cameAt !== undefined) {
      this.#cameAt.delete(key);
      this.#tookMs.set(key, entry.at - cameAt);
    }
    if (end === 'Failed' && !isDeleting) this.#failed.add(jobId);
  }

  violations(): readonly string[] {
    return this.#found.sentences;
  }

  #judge(job: JobRow | undefined): void {
    if (!job || !isOver(job)) return;
    const ended = endOf(job);
    const allowed = this.#allowed(job);
    if (allowed.includes(ended)) return;
    this.#found.add(`untrue outcome: ${job.name} ended as “${ended}”, and only ${allowed.join(' or ')} would be true`);
  }

  #allowed(job: JobRow): string[] {
    const exitCode = Number(job.annotations?.[simulateExitCodeAnnotation] ?? 0);
    const allowed = [exitCode === 0 ? 'succeeded' : `failed exit_code ${exitCode}`];
    const { rules = {} } = this.#submissions.get(job.name) ?? {};
    if (rules.after) allowed.push('cancelled dependency_failed');
    if (rules.queueTimeoutMs !== undefined) allowed.push('expired queue_timeout');
    const tookMs = this.#tookMs.get(`${job.jobId}/${job.attempt}`) ?? Number.POSITIVE_INFINITY;
    // A finished workload that somebody took away before anybody looked at it is only known to be gone.
    if (rules.timeoutMs !== undefined && (tookMs > rules.timeoutMs || this.#outsider.has(job.jobId)))
      allowed.push('failed deadline');
    // Whether its own deletion was for a timeout is seen from the time alone, and that was changed.
    if (rules.timeoutMs !== undefined && this.#clockWasSetBack) allowed.push('failed workload_deleted');
    if (this.#cancelled.has(job.jobId)) allowed.push('cancelled by_user');
    if (this.#outsider.has(job.jobId)) allowed.push('failed workload_deleted');
    // Whoever deletes a failed Job before anybody looked at its pods takes the exit code along.
    if (this.#outsider.has(job.jobId) && this.#failed.has(job.jobId)) allowed.push('failed exit_code');
    return allowed;
  }
}

function endOf({ state, reason, exitCode }: JobRow): string {
  if (state === 'succeeded') return exitCode ? `succeeded ${exitCode}` : state;
  return [state, reason, exitCode].filter((part) => part !== undefined).join(' ');
}
