// Forgotten: a change that was acknowledged and has no effect. A cancel that was taken ends the job as cancelled; a
// priority that was taken stays until another one is.
import { type Facts, isFinished, type JobFacts, possiblePriorities } from '../facts.ts';
import { type Finding, nameOf, timeOf } from '../finding.ts';

export function findForgotten({ jobs, history }: Facts): Finding[] {
  return jobs.flatMap((job) => {
    const sentences = [cancelForgotten(job), history.drained ? priorityForgotten(job) : undefined];
    return sentences.flatMap((sentence) =>
      sentence === undefined ? [] : [{ defect: 'forgotten' as const, sentence }],
    );
  });
}

function cancelForgotten(job: JobFacts): string | undefined {
  const taken = job.cancels.find(({ job: shown }) => shown?.state === 'cancelled' || shown?.reason === 'cancelling');
  if (!taken || !isFinished(job.last) || job.last?.state === 'cancelled') return undefined;
  return `${nameOf(job)} was cancelled at ${timeOf(taken.sentAt)} and is ${job.last?.state}`;
}

function priorityForgotten(job: JobFacts): string | undefined {
  const possible = possiblePriorities(job, Number.POSITIVE_INFINITY);
  const { priority } = job.last ?? {};
  if (priority === undefined || possible.length === 0 || possible.includes(priority)) return undefined;
  return `${nameOf(job)} has priority ${priority}, and was last given ${possible.join(' or ')}`;
}
