// No attempt outlives its timeout for long, once nothing fails: Kubernetes gets ten seconds more to end it, and after that
// kubejobs deletes it, which takes as long as a call that hung and the pause after it. Also where the cluster's own
// deadline does nothing.
import type { Checker, Submission, TraceEntry } from '../trace.ts';
import { Findings } from './findings.ts';
import type { Rows } from './rows.ts';
import { workloadOf } from './workloads.ts';

/** 10 s for Kubernetes; 30 s for a call that hangs when the faults end, as much for the pause after it, and the pods. */
const slackMs = 75_000;

interface Running {
  jobId: string;
  name: string;
  since: number;
  timeoutMs: number;
}

export class TimeoutChecker implements Checker {
  readonly #submissions = new Map<string, Submission>();
  /** Unfinished workloads with a timeout, by uid. */
  readonly #running = new Map<string, Running>();
  readonly #found = new Findings();
  #wellSince: number | undefined;
  /** A deadline counts on the wall clock: one that is set back moves it away. */
  #setBackMs = 0;

  see(entry: TraceEntry, rows: Rows): void {
    if (entry.kind === 'submitted') this.#submissions.set(entry.name, entry.submission);
    if (entry.kind === 'faults_ended') this.#wellSince = entry.at;
    if (entry.kind === 'started' && this.#wellSince !== undefined) this.#wellSince = entry.at;
    if (entry.kind === 'clock_jumped' && entry.byMs < 0) this.#setBackMs -= entry.byMs;
    if (entry.kind === 'workload') this.#workload(entry, rows);
    if (entry.kind === 'committed') for (const [uid, run] of this.#running) this.#check(uid, run, entry.at);
  }

  violations(): readonly string[] {
    return this.#found.sentences;
  }

  #workload({ at, change }: Extract<TraceEntry, { kind: 'workload' }>, rows: Rows): void {
    const { uid, jobId, end } = workloadOf(change);
    const run = this.#running.get(uid);
    if (run) this.#check(uid, run, at);
    if (end || change.type === 'DELETED') this.#running.delete(uid);
    if (end || change.type !== 'ADDED') return;
    const { name = '' } = rows.jobs.get(jobId) ?? {};
    const { timeoutMs } = this.#submissions.get(name)?.rules ?? {};
    if (timeoutMs !== undefined) this.#running.set(uid, { jobId, name, since: at, timeoutMs });
  }

  #check(uid: string, { name, since, timeoutMs }: Running, at: number): void {
    if (this.#wellSince === undefined) return;
    const lateMs = at - Math.max(since + timeoutMs + this.#setBackMs, this.#wellSince);
    if (lateMs <= slackMs) return;
    this.#found.add(`timeout: the workload of ${name} still runs ${lateMs} ms after its timeout of ${timeoutMs} ms`);
    this.#running.delete(uid);
  }
}
