// The history sorted by job: what is surely known of each from answers alone, and the workloads that carry its label.
// A call without an answer may have been carried out or not, and everything here keeps that doubt.
import type { JobDocument } from '../../../../pkg/client/documents.ts';
import { type Call, type CallOf, callsOf, type History, succeeded } from './history.ts';
import { livesOf, type WorkloadLife } from './workloads.ts';

/** Between the clocks of two processes on one machine. */
export const clockToleranceMs = 20;

export interface Sighting {
  sentAt: number;
  answeredAt: number;
  job: JobDocument;
}

export interface JobFacts {
  jobId: string;
  name: string;
  /** When a client was told so; undefined for a job whose 201 was lost. */
  acceptedAt: number | undefined;
  /** The first answer that shows the job. */
  knownSince: number;
  retries: number;
  /** Its place in the order of acceptance; undefined when no list has it. */
  rank: number | undefined;
  /** The submission and every change of the priority, as they were sent. */
  priorities: Array<CallOf<'submit'> | CallOf<'reprioritise'>>;
  cancels: Array<CallOf<'cancel'>>;
  /** Every document of it, in the order in which they were asked for. */
  sightings: Sighting[];
  /** What is known of it in the end. */
  last: JobDocument | undefined;
  /** Its line in the last list. */
  line: JobDocument | undefined;
  workloads: WorkloadLife[];
}

export interface Facts {
  history: History;
  jobs: JobFacts[];
  workloads: WorkloadLife[];
  /** Of the last list that was answered: its jobs, in order of acceptance. */
  listed: { sentAt: number; jobs: JobDocument[] } | undefined;
}

export function factsOf(history: History): Facts {
  const workloads = livesOf(history.events);
  const list = callsOf(history, 'list').findLast((call) => call.jobs !== undefined);
  const listed = list && { sentAt: list.sentAt, jobs: [...(list.jobs ?? [])].reverse() };
  const ranks = new Map(listed?.jobs.map((job, rank) => [job.job_id, rank]));
  const bySubmission = new Map(callsOf(history, 'submit').map((call) => [call.name, call]));
  const calls = callsByJob(history);
  const ids = new Set([...calls.keys(), ...ranks.keys()]);
  const jobs = [...ids].map((jobId) =>
    jobFacts(jobId, {
      calls: calls.get(jobId) ?? [],
      line: listed?.jobs[ranks.get(jobId) ?? -1],
      listedAt: list?.answeredAt,
      rank: ranks.get(jobId),
      bySubmission,
      workloads: workloads.filter((life) => life.jobId === jobId),
    }),
  );
  return { history, jobs, workloads, listed };
}

function callsByJob(history: History): Map<string, Call[]> {
  const calls = new Map<string, Call[]>();
  for (const call of history.calls) {
    if (!('jobId' in call) || call.jobId === undefined) continue;
    const ofJob = calls.get(call.jobId);
    if (ofJob) ofJob.push(call);
    else calls.set(call.jobId, [call]);
  }
  return calls;
}

interface About {
  calls: Call[];
  line: JobDocument | undefined;
  listedAt: number | undefined;
  rank: number | undefined;
  bySubmission: ReadonlyMap<string, CallOf<'submit'>>;
  workloads: WorkloadLife[];
}

function jobFacts(jobId: string, about: About): JobFacts {
  const { calls, line, bySubmission, workloads, rank } = about;
  const sightings = calls.flatMap(sighting);
  const last = sightings.at(-1)?.job ?? line;
  const own = calls.find((call) => call.kind === 'submit');
  const submission = own ?? bySubmission.get(last?.name ?? '');
  const changes = calls.filter((call) => call.kind === 'reprioritise');
  const answers = [own?.answeredAt, ...sightings.map((one) => one.answeredAt), line && about.listedAt];
  return {
    ...{ jobId, last, line, rank, sightings, workloads },
    name: submission?.name ?? last?.name ?? '(no name)',
    acceptedAt: own?.answeredAt,
    knownSince: Math.min(...answers.filter((at) => at !== undefined)),
    retries: submission?.retries ?? 0,
    priorities: submission ? [submission, ...changes] : changes,
    cancels: calls.filter((call) => call.kind === 'cancel'),
  };
}

function sighting(call: Call): Sighting[] {
  if (!('job' in call) || !call.job || !succeeded(call)) return [];
  return [{ sentAt: call.sentAt, answeredAt: call.answeredAt, job: call.job }];
}

export const finishedStates: readonly string[] = ['succeeded', 'failed', 'cancelled', 'expired'];

export function isFinished(job: JobDocument | undefined): boolean {
  return job !== undefined && finishedStates.includes(job.state);
}

/** Every priority that the job may have had at `at`: an answered change replaces what was answered before it was sent. */
export function possiblePriorities(job: JobFacts, at: number): number[] {
  const effective = job.priorities.filter((write) => write.answeredAt === undefined || succeeded(write));
  const endOf = (write: (typeof effective)[number]): number =>
    write.answeredAt ?? (write.kind === 'submit' ? job.knownSince : Number.POSITIVE_INFINITY);
  const replaced = (write: (typeof effective)[number]): boolean =>
    effective.some((other) => succeeded(other) && other.sentAt > endOf(write) && endOf(other) < at - clockToleranceMs);
  return effective
    .filter((write) => write.sentAt <= at + clockToleranceMs && !replaced(write))
    .map((write) => write.priority);
}

/**
 * Whether the job may have to keep its slot: one that was cancelled while it was not known whether its create, cut off
 * by a crash or without an answer, could still land. 90 s later it cannot.
 */
export function mayBeHeld(job: JobFacts, history: History): boolean {
  if (job.last?.reason !== 'cancelling') return false;
  const now = job.sightings.at(-1)?.answeredAt ?? Number.POSITIVE_INFINITY;
  return now - Math.max(...doubtsOf(job, history)) < heldMs;
}

const heldMs = 100_000;

function doubtsOf({ last }: JobFacts, { runs }: History): number[] {
  const dispatchedAt = Date.parse(last?.attempts?.at(-1)?.dispatched_at ?? '');
  const starts = runs.filter((run) => run.readyAt > dispatchedAt).map((run) => run.readyAt);
  const unknown = (last?.timeline ?? []).filter((entry) => entry.reason === 'create_unknown');
  return [...starts, ...unknown.map((entry) => Date.parse(entry.at))];
}
