// The rows of a queue as a database would hold them: only what the core decided, in the order in which it decided it. A
// restart reads nothing else.
import type { Decision } from '../../../../internal/core/decisions.ts';
import type { CoreSnapshot } from '../../../../internal/core/restore.ts';
import { UUID_BYTES, uuidToBytes } from '../../../../internal/queue/uuid-bytes.ts';
import type { Attempt, JobState } from '../../../../pkg/models/index.ts';

interface JobRow {
  jobId: string;
  sequence: number;
  priority: number;
  state: JobState;
  attempt?: Attempt;
}

export class OrderRows {
  readonly jobs = new Map<string, JobRow>();
  #lastDispatchSequence = 0;

  /** An accepted job is committed with the turn that accepted it. */
  accepted(jobId: string, priority: number, sequence: number): void {
    this.jobs.set(jobId, { jobId, priority, sequence, state: 'pending' });
  }

  commit(decisions: readonly Decision[]): void {
    for (const decision of decisions) {
      if (decision.kind === 'start_attempt') this.#started(decision);
      if (decision.kind === 'change_attempt') this.#attemptChanged(decision);
      if (decision.kind === 'change_job') this.#jobChanged(decision);
    }
  }

  snapshot(): CoreSnapshot {
    const rows = [...this.jobs.values()].sort((a, b) => a.sequence - b.sequence);
    const pending = rows.filter((row) => row.state === 'pending');
    const ids = new Uint8Array(pending.length * UUID_BYTES);
    for (const [index, row] of pending.entries()) uuidToBytes(row.jobId, ids, index * UUID_BYTES);
    return {
      lastSequence: rows.at(-1)?.sequence ?? 0,
      lastDispatchSequence: this.#lastDispatchSequence,
      pending: {
        count: pending.length,
        ids,
        priorities: Int32Array.from(pending, (row) => row.priority),
        sequences: Float64Array.from(pending, (row) => row.sequence),
      },
      ...{ waiting: [], expiries: [], attempts: [], settings: {} },
      running: rows
        .filter((row) => row.state === 'running')
        .map(({ attempt, ...row }) => ({ ...row, attempt: attempt as Attempt })),
    };
  }

  #started({ jobId, attempt, dispatchSequence, at }: Extract<Decision, { kind: 'start_attempt' }>): void {
    const workload = { kind: 'Job', namespace: 'default', name: jobId } as const;
    this.#row(jobId).attempt = { attempt, dispatchSequence, dispatchedAt: at, workload, creation: 'requested' };
    this.#lastDispatchSequence = dispatchSequence;
  }

  #attemptChanged({ jobId, set }: Extract<Decision, { kind: 'change_attempt' }>): void {
    const { uid: _uid, cleanupAt: _cleanupAt, ...columns } = set;
    Object.assign(this.#row(jobId).attempt ?? {}, columns);
  }

  #jobChanged({ jobId, set }: Extract<Decision, { kind: 'change_job' }>): void {
    const row = this.#row(jobId);
    row.state = set.state ?? row.state;
    row.priority = set.priority ?? row.priority;
  }

  #row(jobId: string): JobRow {
    const row = this.jobs.get(jobId);
    if (!row) throw new Error(`something was decided about ${jobId}, which was never accepted`);
    return row;
  }
}
