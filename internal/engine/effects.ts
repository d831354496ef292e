// Dresses the turn's effects with the rows they are about, so that a call on the cluster always carries what is on disk.
// An effect whose rows cannot be read is answered at once with a failure: no job waits for a call that was never made.
import type { CreateWorkload, DeleteWorkload, Effect } from '../core/decisions.ts';
import type { ClusterEvent } from '../core/events.ts';
import type { StoreReader } from '../store/store.ts';
import type { Turn } from './turn.ts';

export interface Dressed {
  effects: Effect[];
  /** The outcomes of effects that cannot be carried out. */
  failures: ClusterEvent[];
}

/** Call after the turn's commit. */
export function dress(turn: Turn, reader: StoreReader, at: number): Dressed {
  const started = new Map(turn.commit.attempts.map((entry) => [entry.jobId, entry.attempt]));
  const dressed: Dressed = { effects: [], failures: [] };
  for (const decision of turn.effects) {
    const { jobId } = decision;
    const fresh = started.get(jobId);
    const attempt = fresh?.attempt === decision.attempt ? fresh : reader.attempt(jobId, decision.attempt);
    const job = decision.kind === 'create_workload' ? (turn.rows.get(jobId) ?? reader.jobs([jobId])[0]) : undefined;
    if (!attempt) dressed.failures.push(unreadable(decision, at));
    else if (decision.kind === 'delete_workload') {
      dressed.effects.push({ ...decision, attempt });
    } else if (job) dressed.effects.push({ kind: decision.kind, job, attempt });
    else dressed.failures.push(unreadable(decision, at));
  }
  return dressed;
}

function unreadable(decision: CreateWorkload | DeleteWorkload, at: number): ClusterEvent {
  const { jobId, attempt } = decision;
  const about = { at, jobId, attempt, message: 'the job’s row in the database cannot be read' };
  if (decision.kind === 'create_workload') return { kind: 'create_refused', ...about, refusal: 'permanent' };
  return { kind: 'delete_answered', ...about, outcome: 'failed' };
}
