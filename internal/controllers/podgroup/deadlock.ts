// When groups wait for one another: each holds nodes with some of its pods while no node takes the others, and none of them
// can become ready. Pure, over all groups at once, with the times since when each has been so.
import type { Group } from './group-index.ts';

export interface StuckGroup {
  key: string;
  /** Since then it has had a pod that runs and one that no node takes, without interruption. */
  since: number;
}

export interface DeadlockFinding {
  /** Those that are in it, sorted; one alone waits for something else, and none is in it. */
  groups: string[];
  /** When the last of those came in without whom it would be none. */
  since?: number;
  /** When it can be different at the earliest, without news of any pod. */
  lookAgainAt?: number;
}

export function findDeadlock(stuck: readonly StuckGroup[], now: number, afterMs: number): DeadlockFinding {
  const ripe = stuck.filter(({ since }) => since + afterMs <= now);
  const coming = stuck.filter(({ since }) => since + afterMs > now).map(({ since }) => since + afterMs);
  const next = stuck.length > 1 && coming.length > 0 ? { lookAgainAt: Math.min(...coming) } : {};
  if (ripe.length < 2) return { groups: [], ...next };
  const [, second = 0] = ripe.map(({ since }) => since).sort((a, b) => a - b);
  return { groups: ripe.map(({ key }) => key).sort(), since: second, ...next };
}

export interface Candidate {
  jobId: string;
  attempt: number;
  /** The deadlocked groups that its pods are in. */
  groups: string[];
  priority: number;
  /** Of its acceptance. */
  sequence: number;
}

/**
 * The one that goes back to the queue: of the lowest priority, then the one accepted last. `giving` has the attempt, as
 * `<jobId>/<attempt>`, by group that was asked before and is still there: no other job of such a group is asked.
 */
export function whoGivesWay(
  candidates: readonly Candidate[],
  giving: ReadonlyMap<string, string>,
): Candidate | undefined {
  const free = candidates.filter(({ jobId, attempt, groups }) =>
    groups.every((key) => (giving.get(key) ?? `${jobId}/${attempt}`) === `${jobId}/${attempt}`),
  );
  return free.sort((a, b) => a.priority - b.priority || b.sequence - a.sequence)[0];
}

/** The attempts of the queue's own jobs that have pods in these groups, each with its groups. */
export function ownAttempts(groups: Iterable<Group>): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { key, pods } of groups)
    for (const { attemptKey } of pods.values()) {
      if (attemptKey === undefined) continue;
      found.set(attemptKey, (found.get(attemptKey) ?? new Set()).add(key));
    }
  return found;
}

const mostNamed = 10;

export function deadlockMessage(groups: readonly string[]): string {
  const more = groups.length > mostNamed ? ` and ${groups.length - mostNamed} more` : '';
  const names = groups.slice(0, mostNamed).join(', ');
  return `The pod groups ${names}${more} wait for one another: each runs some of its pods while no node takes the others`;
}
