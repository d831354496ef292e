// What the core remembers of a job beside its place, and forgets when the job ends.
import type { CoreState } from '../state.ts';

export function forget(state: CoreState, jobId: string): void {
  state.refusals.delete(jobId);
  state.expiries.delete(jobId);
  state.attempts.delete(jobId);
}
