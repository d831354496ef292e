// What must be true of the core after every turn, whatever happened. Tests and simulations check it; the server does not.
import { type CoreState, isUnfinished, isWaiting, type RunningJob } from './state.ts';

/** Throws an Error that lists every broken rule. */
export function checkInvariants(state: CoreState): void {
  const broken = [...checkQueues(state), ...checkWaiting(state), ...checkRunning(state)];
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
    if (isWaiting(state, jobId)) broken.push(`${jobId} is running and waiting at once`);
  }
  return broken;
}

function checkWaiting(state: CoreState): string[] {
  const broken: string[] = [];
  const timed = new Set(state.timers.sorted().map((timer) => timer.jobId));
  for (const [jobId, job] of state.waiting) {
    if (state.runnable.has(jobId) || state.refused.has(jobId))
      broken.push(`${jobId} is pending and ${job.state} at once`);
    if (job.held !== (job.state === 'held')) broken.push(`${jobId} is ${job.state}, but held: ${job.held}`);
    if (job.state === 'scheduled' && !timed.has(jobId)) broken.push(`${jobId} is scheduled, but nothing will wake it`);
    for (const dependency of job.after) {
      if (!isUnfinished(state, dependency.jobId))
        broken.push(`${jobId} waits for ${dependency.jobId}, which has ended`);
      if (!state.dependents.get(dependency.jobId)?.has(jobId)) broken.push(`nobody will tell ${jobId} of an end`);
    }
  }
  for (const [jobId, dependents] of state.dependents) {
    for (const dependent of dependents) {
      const waits = state.waiting.get(dependent)?.after.some((dependency) => dependency.jobId === jobId);
      if (!waits) broken.push(`${dependent} is to be told of the end of ${jobId}, but does not wait for it`);
    }
  }
  for (const jobId of [...state.expiries.keys(), ...state.attempts.keys()]) {
    if (!isUnfinished(state, jobId)) broken.push(`${jobId} is finished and still remembered`);
  }
  for (const jobId of state.gaveWayNow.keys()) broken.push(`${jobId} gave way, and its row was not told`);
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

/** Somebody will move it on: a call's answer, a timer, the watch on a made workload, or the cluster's return. */
function hasNextStep(state: CoreState, job: RunningJob): boolean {
  if (job.call !== 'none' || !state.clusterReachable) return true;
  if (job.creation === 'made' && !job.ending) return true;
  return state.timers.sorted().some((timer) => timer.jobId === job.jobId);
}
