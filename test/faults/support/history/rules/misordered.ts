// Misordered: a job was dispatched while another one waited that surely had to come first: it was known to be accepted,
// and it had a higher priority, or the same one and an earlier acceptance. Where a change of priority was on its way, or
// its answer was lost, every value that was possible then has to put it first. A list of pending jobs is held to the
// same order.
import type { AttemptDocument } from '../../../../../pkg/client/documents.ts';
import { clockToleranceMs, type Facts, type JobFacts, possiblePriorities } from '../facts.ts';
import { type Finding, nameOf, timeOf } from '../finding.ts';
import { type CallOf, callsOf } from '../history.ts';

export function findMisordered(facts: Facts): Finding[] {
  const sentences = [...overtaken(facts.jobs), ...listedWrongly(facts)];
  return sentences.map((sentence) => ({ defect: 'misordered', sentence }));
}

function overtaken(jobs: readonly JobFacts[]): string[] {
  return jobs.flatMap((job) =>
    (job.last?.attempts ?? []).flatMap((attempt) =>
      jobs
        .filter((other) => other !== job && waited(other, attempt) && comesFirst(other, job, attempt))
        .map((other) => `${nameOf(job)} was dispatched at ${attempt.dispatched_at} before ${nameOf(other)}`),
    ),
  );
}

/** Whether it surely was pending, and free to run, when the attempt of the other one began. */
function waited(job: JobFacts, { dispatched_at, dispatch_sequence }: AttemptDocument): boolean {
  const { last, knownSince } = job;
  const at = Date.parse(dispatched_at);
  if (last === undefined || knownSince + clockToleranceMs >= at || setAside(job, at)) return false;
  const [first] = last.attempts ?? [];
  if (first) return first.dispatch_sequence > dispatch_sequence;
  return last.finished_at === undefined || Date.parse(last.finished_at) > at + clockToleranceMs;
}

function setAside({ last }: JobFacts, at: number): boolean {
  return (last?.timeline ?? []).some((entry) => entry.reason === 'quota_refused' && Date.parse(entry.at) <= at);
}

function comesFirst(job: JobFacts, other: JobFacts, attempt: AttemptDocument): boolean {
  const at = Date.parse(attempt.dispatched_at);
  const lowest = Math.min(...possiblePriorities(job, at));
  const highestOfOther = priorityAtDispatch(other) ?? Math.max(...possiblePriorities(other, at));
  if (lowest !== highestOfOther) return lowest > highestOfOther;
  return job.rank !== undefined && other.rank !== undefined && job.rank < other.rank;
}

/** A job that runs keeps its priority, so that of one that ran once is known exactly. */
function priorityAtDispatch({ last }: JobFacts): number | undefined {
  return last?.attempts?.length === 1 && last.attempts[0]?.outcome !== 'refused_by_quota' ? last.priority : undefined;
}

function listedWrongly({ history, jobs }: Facts): string[] {
  const ranks = new Map(jobs.map((job) => [job.jobId, job.rank]));
  return callsOf(history, 'pending').flatMap((call) => wrongPairs(call, ranks));
}

function wrongPairs(
  { jobs = [], sentAt }: CallOf<'pending'>,
  ranks: ReadonlyMap<string, number | undefined>,
): string[] {
  return jobs.flatMap((job, index) => {
    const before = jobs[index - 1];
    if (!before || before.priority > job.priority) return [];
    const [first = 0, second = 0] = [ranks.get(before.job_id), ranks.get(job.job_id)];
    if (before.priority === job.priority && first <= second) return [];
    return [`the pending list of ${timeOf(sentAt)} has ${before.name} before ${job.name}`];
  });
}
