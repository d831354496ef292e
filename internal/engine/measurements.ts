// What the engine counts and measures: committed jobs by state, and the metrics of its turns.
// It is told after each commit, so the counts never run ahead of the disk.
import { isFinished, type JobState, jobStates } from '../../pkg/models/index.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Pruned } from '../store/store.ts';
import type { Turn } from './turn.ts';

export interface MeasurementsDeps {
  metrics: Metrics;
}

export class Measurements {
  readonly #deps: MeasurementsDeps;
  #counts = Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>;

  constructor(deps: MeasurementsDeps) {
    this.#deps = deps;
  }

  get counts(): Readonly<Record<JobState, number>> {
    return this.#counts;
  }

  /** What people set for the whole queue. */
  settings({ maxConcurrency, paused }: { maxConcurrency: number; paused: boolean }): void {
    this.#deps.metrics.set('kubejobs_slots', maxConcurrency);
    this.#deps.metrics.set('kubejobs_paused', paused ? 1 : 0);
  }

  /** Begins anew from what the store has counted. */
  reset(counts: Readonly<Record<JobState, number>>): void {
    this.#counts = { ...counts };
    this.#gauges(jobStates);
  }

  /** Finished jobs were deleted. */
  pruned({ jobs }: Pruned): void {
    const states = Object.keys(jobs) as JobState[];
    for (const state of states) this.#counts[state] -= jobs[state] ?? 0;
    this.#gauges(states);
  }

  /** A turn with writes was committed at `now`, which took `commitMs`. */
  committed(turn: Turn, inputs: number, commitMs: number, now: number): void {
    const { metrics } = this.#deps;
    metrics.observe('kubejobs_commit_duration_seconds', commitMs / 1000);
    metrics.observe('kubejobs_commit_inputs', inputs);
    for (const waitMs of turn.waitsMs) metrics.observe('kubejobs_job_wait_seconds', waitMs / 1000);
    const changed = new Set<JobState>();
    for (const { jobId, from, to } of turn.stateChanges()) {
      if (from) changed.add(from);
      if (from) this.#counts[from] -= 1;
      changed.add(to);
      this.#counts[to] += 1;
      this.#ended(turn, jobId, to, now);
    }
    this.#gauges(changed);
  }

  #ended(turn: Turn, jobId: string, to: JobState, now: number): void {
    const before = turn.before.get(jobId);
    if (before?.place !== 'running' || !isFinished(to)) return;
    const seconds = (now - before.dispatchedAt) / 1000;
    this.#deps.metrics.observe('kubejobs_job_run_seconds', seconds, { state: to });
  }

  #gauges(states: Iterable<JobState>): void {
    const { metrics } = this.#deps;
    for (const state of states) metrics.set('kubejobs_jobs', this.#counts[state], { state });
    metrics.set('kubejobs_queue_depth', this.#counts.pending);
    metrics.set('kubejobs_slots_used', this.#counts.running);
  }
}
