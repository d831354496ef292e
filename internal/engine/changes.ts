// What people want of jobs that exist: another priority, hold or release, cancel, run again. The core decides; a job that
// it lacks is finished or was never there, and the rows know which. It reads rows and the core, and writes the turn.
import {
  type Answer,
  accepted,
  type ErrorCode,
  type FinishedState,
  type Job,
  type Refused,
  refused,
} from '../../pkg/models/index.ts';
import type { Core } from '../core/core.ts';
import type { CoreEvent } from '../core/events.ts';
import type { StoreReader } from '../store/store.ts';
import type { ChangeInput } from './inbox.ts';
import type { Turn } from './turn.ts';

/** Of several changes all are made or none: they are refused for the same reasons. */
export function applyChange(input: ChangeInput, turn: Turn, core: Core, reader: StoreReader): Answer<undefined> {
  let answer: Answer<undefined> = accepted(undefined);
  for (const event of eventsOf(input)) {
    turn.touch(core, event);
    const applied = core.apply(event);
    if (!applied.ok) answer = refusalOf(input, applied.code, reader);
  }
  return answer;
}

/** Undefined when the next turn has to look: the job's row is only right about it when nothing in this one touched it. */
export function applyRetry(
  { jobId, at }: ChangeInput,
  turn: Turn,
  core: Core,
  reader: StoreReader,
): Answer<undefined> | undefined {
  if (turn.before.has(jobId)) return undefined;
  const [row] = reader.jobs([jobId]);
  return row ? retry(row, at, turn, core) : jobNotFound(jobId);
}

function retry(row: Job, at: number, turn: Turn, core: Core): Answer<undefined> {
  const { jobId, priority, sequence, attempt: attempts, state } = row;
  const applied = core.apply({ kind: 'retry_requested', at, jobId, priority, sequence, attempts });
  if (!applied.ok) return refused('job_not_finished', `The job is ${state}; only a finished one can be run again.`);
  turn.before.set(jobId, { place: state as FinishedState });
  // It may start in this very turn: earlier attempts do not count against its retries, which its row learns only now.
  const { gaveWayTimes: _before, ...known } = row;
  turn.rows.set(jobId, { ...known, attemptsBefore: attempts });
  return accepted(undefined);
}

function eventsOf({ kind, jobId, at, changes: { priority, held } }: ChangeInput): CoreEvent[] {
  if (kind === 'cancel') return [{ kind: 'cancel_requested', at, jobId }];
  const events: CoreEvent[] = [];
  if (priority !== undefined) events.push({ kind: 'priority_changed', at, jobId, priority });
  if (held !== undefined) events.push({ kind: 'hold_changed', at, jobId, held });
  return events;
}

function refusalOf({ kind, jobId }: ChangeInput, code: ErrorCode, reader: StoreReader): Answer<undefined> {
  if (code === 'job_running') {
    return refused(code, 'The job holds a slot already; priority and hold are for jobs that wait for one.');
  }
  if (reader.jobs([jobId]).length === 0) return jobNotFound(jobId);
  if (kind === 'cancel') return accepted(undefined);
  return refused('job_finished', 'The job is finished; nothing of it can change, but it can be run again.');
}

function jobNotFound(jobId: string): Refused {
  return refused('job_not_found', `There is no job with the id ${jobId}.`);
}
