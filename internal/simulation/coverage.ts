// What a run has met: each fault in each situation, counted, and what it must have met to prove anything. The list of what
// is required is written out here, so that a fault that silently stopped striking fails the run that misses it.
import { callFaults, type StoreFault, storeFaults, watchFaults } from './fault-plan.ts';
import { operations } from './life.ts';

/** By `<fault> @ <situation>`. */
export type Counts = Record<string, number>;

export class Coverage {
  readonly #counts = new Map<string, number>();

  add(fault: string, situations: readonly string[]): void {
    for (const situation of situations) {
      const name = `${fault} @ ${situation}`;
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    }
  }

  counts(): Counts {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

export function addCounts(into: Counts, more: Counts): void {
  for (const [name, count] of Object.entries(more)) into[name] = (into[name] ?? 0) + count;
}

/** What is required and was never met; nothing is what everybody wants. */
export function missing(counts: Counts): string[] {
  return required.filter((name) => !counts[name]);
}

const readFaults = callFaults.filter((fault) => fault !== 'executed_late' && fault !== 'quota_refused');
const deleteFaults = callFaults.filter((fault) => fault !== 'quota_refused');
const storeReadFaults: StoreFault[] = ['store_fails', 'store_hangs', 'store_hangs_then_fails'];

const transitions = [
  ...['accepted', 'dispatched', 'made', 'unknown', 'back_to_pending', 'reprioritised', 'cancel_asked'],
  ...['succeeded', 'failed', 'cancelled', 'cleaned_up'],
];
const unfinished = ['requested', 'unknown', 'made', 'cancelling', 'pending'];
const jobEvents = ['job_added', 'job_changed', 'job_ended', 'job_deleting', 'job_deleted'];
const podEvents = ['pod_added', 'pod_changed', 'pod_ended', 'pod_deleting', 'pod_deleted'];

/** Rules of waiting and trying again, as a commit may write them, a call may be about them, and a crash leave them. */
const ruledCommits = [
  ...['accepted_held', 'accepted_scheduled', 'accepted_blocked', 'held', 'released', 'due', 'unblocked', 'expired'],
  ...['dependency_failed', 'timed_out', 'to_be_retried', 'run_again', 'paused', 'resumed', 'cap_set'],
  ...['keyed', 'keyed_batch', 'to_give_way', 'gave_way'],
];
const ruledAttempts = ['retried', 'run_again', 'may_expire', 'has_timeout'];
const ruledLeftovers = ['held', 'scheduled', 'blocked', 'retry_backoff', 'paused', ...ruledAttempts];

const required: readonly string[] = [
  ...cells('create', callFaults, ['requested', 'unknown']),
  ...cells('get', readFaults, ['unknown', 'made']),
  ...cells('delete', deleteFaults, ['cancelling', 'over']),
  ...cells('list', readFaults, ['jobs', 'pods', 'pods_of_one']),
  ...cells('ping', readFaults, ['any']),
  ...cells('open', ['watch_drop', 'watch_end', 'watch_expire'], ['jobs', 'pods']),
  ...cells('watch', watchFaults, [...jobEvents, ...podEvents, 'bookmark']),
  ...cells('commit', storeFaults, transitions),
  ...cells('load', storeReadFaults, ['any']),
  ...cells('reopen', storeReadFaults, ['any']),
  ...operations.flatMap((operation) => [`crash:before_${operation}`, `crash:after_${operation}`]).flatMap(inAny),
  ...cells('crash', ['await', 'timer', 'watch_event', 'any_moment'], unfinished),
  ...['outage', 'stop', 'clock_ahead', 'clock_back', 'cap_raised', 'cap_lowered'].flatMap(inAny),
  'cap_lowered @ below_what_runs',
  ...cells('commit', storeFaults, ruledCommits),
  ...cells('create', callFaults, ruledAttempts),
  ...cells('get', readFaults, ['timed_out', 'has_timeout', 'retried']),
  ...cells('delete', deleteFaults, ['timed_out', 'giving_way']),
  ...cells('crash', ['await', 'timer', 'watch_event', 'any_moment'], ruledLeftovers),
  ...cells('crash', ['await', 'timer', 'any_moment'], ['timed_out', 'giving_way']),
  ...['replay', 'resend', 'key_reused'].flatMap(inAny),
];

/** A crash at a call is met in many situations; which ones depends on the call. */
function inAny(fault: string): string[] {
  return [`${fault} @ any`];
}

function cells(operation: string, faults: readonly string[], situations: readonly string[]): string[] {
  return faults.flatMap((fault) => situations.map((situation) => `${operation}:${fault} @ ${situation}`));
}
