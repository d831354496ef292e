// What must be true of the core after every turn, whatever happened. Tests and simulations check it; the server does not.
import type { CoreState, RunningJob } from './state.ts';

/** Throws an Error that lists every broken rule. */
export function checkInvariants(state: CoreState): void {
  const broken = [...checkQueues(state), ...checkRunning(state)];
  if (broken.length > 0) throw new Error(`the core is inconsistent:\n${broken.join('\n')}`);
}

function checkQueues(state: CoreState): string[] {
  const broken: string[] = [];
  state.runnable.checkInvariants();
  state.refused.checkInvariants();
  for (const entry of state.refused.entries()) {
    if (state.runnable.has(entry.id)) broken.push(`${entry.id} is runnable and refused at once`);
    if (!state.refusals.has(entry.id)) broken.push(`${entry.id} was refused by a quota and has no next try`);
  }
  for (const jobId of state.refusals.keys()) {
    if (!isUnfinished(state, jobId))
      broken.push(`the quota refusals of ${jobId}, which is finished, are still remembered`);
  }
  for (const jobId of state.running.keys()) {
    if (state.runnable.has(jobId) || state.refused.has(jobId)) broken.push(`${jobId} is running and pending at once`);
  }
  return broken;
}

function checkRunning(state: CoreState): string[] {
  const broken: string[] = [];
  const sequences = new Set<number>();
  for (const [jobId, job] of state.running) {
    if (jobId !== job.jobId) broken.push(`${jobId} is filed under another id than its own`);
    if (sequences.has(job.dispatchSequence)) broken.push(`dispatch sequence ${job.dispatchSequence} was given twice`);
    if (job.dispatchSequence > state.lastDispatchSequence) broken.push(`${jobId} was dispatched in the future`);
    if (!hasNextStep(state, job)) broken.push(`${jobId} waits for nothing: its slot would never be free`);
    sequences.add(job.dispatchSequence);
  }
  return broken;
}

function isUnfinished(state: CoreState, jobId: string): boolean {
  return state.running.has(jobId) || state.runnable.has(jobId) || state.refused.has(jobId);
}

/** Somebody will move it on: a call's answer, a timer, the watch on a made workload, or the cluster's return. */
function hasNextStep(state: CoreState, job: RunningJob): boolean {
  if (job.call !== 'none' || !state.clusterReachable) return true;
  if (job.creation === 'made' && !job.ending) return true;
  return state.timers.sorted().some((timer) => timer.jobId === job.jobId);
}
