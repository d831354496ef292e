// Leaked slot: a job that is said to run long after its workload ended, or slots that stay free while jobs wait, though
// the server was up and the cluster reachable all that time. A cancelled job may hold its slot for 90 s when a create of
// it was cut off.
import type { Facts, JobFacts } from '../facts.ts';
import { type Finding, nameOf, timeOf } from '../finding.ts';
import { callsOf, type History } from '../history.ts';

/** Far above what a slow machine needs to notice an end or to make use of a slot. */
const graceMs = 15_000;
const cancelGraceMs = 110_000;

export function findLeakedSlots(facts: Facts): Finding[] {
  const sentences = [...facts.jobs.map((job) => heldFor(job, facts.history)), idleFor(facts.history)];
  return sentences.flatMap((sentence) => (sentence === undefined ? [] : [{ defect: 'leaked_slot', sentence }]));
}

function heldFor(job: JobFacts, history: History): string | undefined {
  const ends = job.workloads.map((life) => life.endedAt ?? Number.POSITIVE_INFINITY);
  if (ends.length === 0) return undefined;
  const endedAt = Math.max(...ends);
  const grace = job.cancels.length > 0 ? cancelGraceMs : graceMs;
  const late = saidToRun(job, history).find((at) => at - Math.max(endedAt, upSince(history, at)) > grace);
  if (late === undefined) return undefined;
  return `${nameOf(job)} is said to run at ${timeOf(late)}; its workload ended at ${timeOf(endedAt)}`;
}

function saidToRun({ jobId, sightings }: JobFacts, history: History): number[] {
  const shown = sightings.filter(({ job }) => job.state === 'running').map(({ sentAt }) => sentAt);
  const listed = callsOf(history, 'running').filter(({ jobs = [] }) => jobs.some((job) => job.job_id === jobId));
  return [...shown, ...listed.map(({ sentAt }) => sentAt)];
}

function upSince({ runs }: History, at: number): number {
  return runs.findLast((run) => run.readyAt <= at)?.readyAt ?? at;
}

function idleFor(history: History): string | undefined {
  const { maxConcurrency } = history;
  let since: number | undefined;
  for (const { sentAt, running, pending, cluster } of callsOf(history, 'health')) {
    if (running === undefined || pending === undefined) continue;
    const idle = pending > 0 && running < maxConcurrency && cluster !== 'unreachable';
    since = idle ? Math.max(since ?? sentAt, upSince(history, sentAt)) : undefined;
    if (since === undefined || sentAt - since <= graceMs) continue;
    return `${running} of ${maxConcurrency} slots in use and ${pending} jobs pending from ${timeOf(since)} to ${timeOf(sentAt)}`;
  }
  return undefined;
}
