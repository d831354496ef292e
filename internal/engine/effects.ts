// Dresses the turn's effects with the rows they are about, read after the commit, so that a call on the cluster always
// carries what is on disk.
import type { Effect } from '../core/decisions.ts';
import type { StoreReader } from '../store/store.ts';
import type { Turn } from './turn.ts';

export function dress(turn: Turn, reader: StoreReader): Effect[] {
  const started = new Map(turn.commit.attempts.map((entry) => [entry.jobId, entry.attempt]));
  const effects: Effect[] = [];
  for (const decision of turn.effects) {
    const { jobId } = decision;
    const fresh = started.get(jobId);
    const attempt = fresh?.attempt === decision.attempt ? fresh : reader.attempt(jobId, decision.attempt);
    if (!attempt) continue;
    if (decision.kind === 'delete_workload') {
      effects.push({ kind: 'delete_workload', jobId, attempt, propagation: decision.propagation });
      continue;
    }
    const job = turn.rows.get(jobId) ?? reader.jobs([jobId])[0];
    if (job) effects.push({ kind: 'create_workload', job, attempt });
  }
  return effects;
}
