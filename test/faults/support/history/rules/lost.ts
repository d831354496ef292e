// Lost: a job that a client was told is accepted, and that is unknown later or never finishes.
import { type Facts, isFinished, type JobFacts, mayBeHeld } from '../facts.ts';
import { type Finding, nameOf, timeOf } from '../finding.ts';
import { callsOf } from '../history.ts';

export function findLost(facts: Facts): Finding[] {
  return facts.jobs.flatMap((job) => {
    const sentence = unknownLater(facts, job) ?? neverFinished(facts, job);
    return sentence === undefined ? [] : [{ defect: 'lost' as const, sentence }];
  });
}

function unknownLater({ history, listed }: Facts, job: JobFacts): string | undefined {
  const unknown = callsOf(history, 'show').find(
    (call) => call.jobId === job.jobId && call.status === 404 && call.sentAt > job.knownSince,
  );
  if (unknown) return `${nameOf(job)} was accepted and is unknown at ${timeOf(unknown.sentAt)}`;
  if (!listed || listed.sentAt <= job.knownSince || job.rank !== undefined) return undefined;
  return `${nameOf(job)} was accepted and is missing in the list of ${timeOf(listed.sentAt)}`;
}

function neverFinished({ history }: Facts, job: JobFacts): string | undefined {
  if (!history.drained || isFinished(job.last) || mayBeHeld(job, history)) return undefined;
  const { state = 'unknown', reason } = job.last ?? {};
  return `${nameOf(job)} never finished: it is ${state}${reason === undefined ? '' : ` (${reason})`}`;
}
