import type Database from 'better-sqlite3';
import type { JobFilter } from '../../store.ts';
import { type JobRow, jobColumns } from '../rows.ts';

export interface MatchingJobs {
  /** In the order of `sequences`. */
  rows(sequences: readonly number[], filter: JobFilter): JobRow[];
  count(sequences: readonly number[], filter: JobFilter): number;
}

const candidatesThatMatch = `
  FROM json_each(@sequences) AS candidate CROSS JOIN jobs ON jobs.sequence = candidate.value
  WHERE (@name IS NULL OR jobs.name = @name)
    AND (@namePrefix IS NULL OR substr(jobs.name, 1, length(@namePrefix)) = @namePrefix)
    AND (@queue IS NULL OR jobs.queue = @queue)
    AND (@states IS NULL OR jobs.state IN (SELECT value FROM json_each(@states)))
    AND (@labels IS NULL OR NOT EXISTS (
      SELECT 1 FROM json_each(@labels) AS wanted WHERE NOT EXISTS (
        SELECT 1 FROM job_labels
        WHERE name = wanted.key AND value = wanted.value AND sequence = jobs.sequence)))`;

/** Which of some jobs, given by acceptance number, match the filter. */
export function matchingJobs(db: Database.Database): MatchingJobs {
  const rows = db.prepare<[object], JobRow>(`SELECT ${jobColumns} ${candidatesThatMatch} ORDER BY candidate.key`);
  const count = db.prepare<[object], number>(`SELECT count(*) ${candidatesThatMatch}`).pluck();
  return {
    rows: (sequences, filter) => rows.all(parameters(sequences, filter)),
    count: (sequences, filter) => count.get(parameters(sequences, filter)) as number,
  };
}

function parameters(sequences: readonly number[], { name, namePrefix, queue, states, labels }: JobFilter): object {
  return {
    sequences: JSON.stringify(sequences),
    name: name ?? null,
    namePrefix: namePrefix ?? null,
    queue: queue ?? null,
    states: states ? JSON.stringify(states) : null,
    labels: labels ? JSON.stringify(labels) : null,
  };
}
