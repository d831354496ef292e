// How a commit travels to the writer's thread: primitives in flat arrays, one per table, because cloning a few long
// arrays is cheaper than cloning the objects. What an array holds, and in which order, is said by the statement that
// reads it.

import type { Delivery, Schedule } from '../../../pkg/models/index.ts';
import type { StoredSettings } from '../store.ts';

export type Value = string | number | null;

export interface PackedCommit {
  jobs: Value[];
  labels: Value[];
  counts: Value[];
  attempts: Value[];
  lastDispatchSequence: number;
  jobChanges: Value[];
  attemptChanges: Value[];
  timeline: Value[];
  settings: StoredSettings;
  idempotency: Value[];
  /** Rarely any: as they are. */
  schedules: Schedule[];
  removedSchedules: string[];
  deliveries: Delivery[];
  removedDeliveries: string[];
  webhooksUpTo: number | undefined;
}
