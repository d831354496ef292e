// Over the cap: more workloads unfinished at one moment of the watch than may run, or more jobs said to be running.
// A workload that is being deleted counts until it is gone, for its pods may still run.
import type { Facts } from '../facts.ts';
import { type Finding, timeOf } from '../finding.ts';
import { callsOf, type History } from '../history.ts';
import type { WorkloadLife } from '../workloads.ts';

export function findOverCap({ history, workloads }: Facts): Finding[] {
  const sentences = [mostAtOnce(history, workloads), mostSaid(history)];
  return sentences.flatMap((sentence) => (sentence === undefined ? [] : [{ defect: 'over_cap', sentence }]));
}

/** Only the first moment at which it is exceeded: what follows is mostly the same once more. */
function mostAtOnce({ events, maxConcurrency }: History, workloads: readonly WorkloadLife[]): string | undefined {
  const ofUid = new Map(workloads.map((life) => [life.uid, life]));
  const unfinished = new Set<WorkloadLife>();
  for (const [index, event] of events.entries()) {
    const life = ofUid.get(event.uid);
    if (life?.jobId === undefined) continue;
    if (index === life.begins) unfinished.add(life);
    if (index === life.ends) unfinished.delete(life);
    if (unfinished.size <= maxConcurrency) continue;
    const names = [...unfinished].map(({ name }) => name).join(', ');
    return `${unfinished.size} workloads at ${timeOf(event.at)} with ${maxConcurrency} slots: ${names}`;
  }
  return undefined;
}

function mostSaid(history: History): string | undefined {
  const { maxConcurrency } = history;
  const over = callsOf(history, 'health').find(({ running = 0 }) => running > maxConcurrency);
  return over && `${over.running} jobs were said to run at ${timeOf(over.sentAt)} with ${maxConcurrency} slots`;
}
