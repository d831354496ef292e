// Lists by filter, newest first. Indexes give runs of candidates; what no index covers is checked on their rows. One
// call looks at a bounded number of candidates, so no filter can make it scan all jobs: a page of rare matches comes
// back short, with where to go on, and a total that would cost more is left out.
import type Database from 'better-sqlite3';
import { type Job, jobStates } from '../../../pkg/models/index.ts';
import { type JobFilter, type JobPage, totalLimit } from '../store.ts';
import { type Candidates, candidatesOf, newestOf } from './candidates.ts';
import type { Readable } from './readable-rows.ts';
import { jobOf } from './rows.ts';
import { countByState } from './statements/count-by-state.ts';
import { indexRuns } from './statements/index-runs.ts';
import { type MatchingJobs, matchingJobs } from './statements/matching-jobs.ts';

/** Candidates whose rows one page, or one total, looks at. */
export const candidatesLimit = 10_000;
/** After a first look at as many as one page needs. */
const candidatesAtOnce = 500;
const pastTheNewest = Number.MAX_SAFE_INTEGER;

export type ListJobs = (filter: JobFilter, limit: number, before?: number) => JobPage;

export function listJobs(db: Database.Database, readable: Readable): ListJobs {
  const indexes = indexRuns(db);
  const matching = matchingJobs(db);
  const counts = countByState(db);
  const list: ListJobs = (filter, limit, before = pastTheNewest) => {
    const candidates = candidatesOf(filter, indexes);
    const total = isCounted(filter) ? sumOfStates(counts(), filter) : totalOf(candidates, matching);
    return { ...pageOf(candidates, matching, readable, limit, before), ...(total !== undefined && { total }) };
  };
  return db.transaction(list);
}

function pageOf(
  { runs, rest }: Candidates,
  matching: MatchingJobs,
  readable: Readable,
  limit: number,
  before: number,
): JobPage {
  const jobs: Job[] = [];
  let atOnce = limit + 1;
  let cursor = before;
  let seen = 0;
  while (seen < candidatesLimit || seen <= limit) {
    const sequences = newestOf(runs, cursor, atOnce);
    jobs.push(...readable(matching.rows(sequences, rest), jobOf));
    if (jobs.length > limit) return { jobs: jobs.slice(0, limit), next: (jobs[limit - 1] as Job).sequence };
    if (sequences.length < atOnce) return { jobs };
    cursor = sequences.at(-1) as number;
    seen += sequences.length;
    atOnce = Math.max(limit + 1, candidatesAtOnce);
  }
  return { jobs, next: cursor };
}

/** Whether the maintained counts answer how many match. */
function isCounted({ states: _, labels = {}, ...others }: JobFilter): boolean {
  return isEmpty(others) && isEmpty(labels);
}

function sumOfStates(counts: Record<string, number>, { states = [...jobStates] }: JobFilter): number {
  return [...new Set(states)].reduce((sum, state) => sum + (counts[state] as number), 0);
}

function totalOf({ runs, rest }: Candidates, matching: MatchingJobs): number | undefined {
  if (isEmpty(rest)) {
    const total = runs.reduce((sum, run) => sum + run.count(totalLimit + 1), 0);
    return total > totalLimit ? undefined : total;
  }
  const sequences = newestOf(runs, pastTheNewest, candidatesLimit + 1);
  return sequences.length > candidatesLimit ? undefined : matching.count(sequences, rest);
}

function isEmpty(filter: object): boolean {
  return Object.keys(filter).length === 0;
}
