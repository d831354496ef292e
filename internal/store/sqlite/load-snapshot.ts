// What the core is rebuilt from, read in the writer's thread so that reads are answered meanwhile. The pending jobs are
// packed into typed arrays, whose buffers move between the threads instead of being copied.
import type Database from 'better-sqlite3';
import { jobIdBytes, jobIdFromHex } from '../job-id.ts';
import type { PackedJobs, RunningJobRow, Snapshot } from '../store.ts';
import { readableRows } from './readable-rows.ts';
import { attemptOf, UnreadableRow } from './rows.ts';
import { countByState } from './statements/count-by-state.ts';
import { lastSequences } from './statements/last-sequences.ts';
import { type PendingPage, pendingPage } from './statements/pending-page.ts';
import { type RunningRow, runningJobs } from './statements/running-jobs.ts';

const rowsAtOnce = 20_000;

/** `report` hears of rows that are left out. */
export function loadSnapshot(db: Database.Database, report: (row: string) => void): Snapshot {
  const load = db.transaction((): Snapshot => {
    const counts = countByState(db)();
    const pending = packPending(pendingPage(db), counts.pending);
    if (pending.count !== counts.pending)
      report(`${counts.pending} pending jobs are counted, ${pending.count} readable`);
    const running = readableRows(report)(runningJobs(db), runningJobOf);
    return { ...lastSequences(db), pending, running, counts };
  });
  return load();
}

function packPending(pageAfter: (after: number, limit: number) => PendingPage, expected: number): PackedJobs {
  let packed = roomFor(expected);
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const page = pageAfter(after, rowsAtOnce);
    packed = append(packed, page);
    if (page.sequences.length < rowsAtOnce) return trimmed(packed);
    after = page.sequences.at(-1) as number;
  }
}

function roomFor(capacity: number): PackedJobs {
  return {
    count: 0,
    ids: new Uint8Array(capacity * jobIdBytes),
    priorities: new Int32Array(capacity),
    sequences: new Float64Array(capacity),
  };
}

/** In place as long as the page fits, which it does unless the counts are wrong. */
function append(packed: PackedJobs, page: PendingPage): PackedJobs {
  const count = packed.count + page.sequences.length;
  const target = count <= packed.priorities.length ? packed : copied(packed, count + rowsAtOnce);
  target.ids.set(Buffer.from(page.ids, 'hex'), packed.count * jobIdBytes);
  target.priorities.set(page.priorities, packed.count);
  target.sequences.set(page.sequences, packed.count);
  target.count = count;
  return target;
}

function copied(from: PackedJobs, capacity: number): PackedJobs {
  const copy = roomFor(capacity);
  copy.ids.set(from.ids);
  copy.priorities.set(from.priorities);
  copy.sequences.set(from.sequences);
  copy.count = from.count;
  return copy;
}

function trimmed(packed: PackedJobs): PackedJobs {
  const { count, ids, priorities, sequences } = packed;
  if (count === priorities.length) return packed;
  return {
    count,
    ids: ids.slice(0, count * jobIdBytes),
    priorities: priorities.slice(0, count),
    sequences: sequences.slice(0, count),
  };
}

function runningJobOf(row: RunningRow): RunningJobRow {
  const jobId = jobIdFromHex(row.job);
  if (row.creation === null) throw new UnreadableRow(`job ${jobId}: it is running, but has no row of its attempt`);
  return { jobId, sequence: row.sequence, priority: row.priority, attempt: attemptOf(row) };
}
