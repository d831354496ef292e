// What waits for the next turn: requests of callers, each with the way back to its caller, and news from the cluster.
import type { Answer, Job, JobSubmission } from '../../pkg/models/index.ts';
import type { ClusterEvent, DrainStarted, TimerFired } from '../core/events.ts';
import type { Commit, StoredSettings } from '../store/store.ts';

export type Reply<T> = (answer: Answer<T>) => void;

/** How one job of a submission was taken. */
export interface Submitted {
  jobId: string;
  name: string;
  /** Pending jobs ahead of it at the moment of its acceptance. */
  queuePosition: number;
}

/** `replayed`: an earlier request with the same idempotency key had been answered like this. */
export interface SubmissionAnswer {
  jobs: Submitted[];
  replayed: boolean;
}

export interface IdempotencyKey {
  key: string;
  /** Of the request's content. */
  fingerprint: string;
}

/** All of the jobs are accepted, or none. */
export interface SubmitInput {
  kind: 'submit';
  at: number;
  /** The rows to be; the core gives them their acceptance numbers. */
  jobs: Job[];
  idempotency?: IdempotencyKey;
  reply: Reply<SubmissionAnswer>;
}

export interface KeyedSubmission {
  submission: JobSubmission;
  key?: IdempotencyKey;
}

/** Each of the submissions for itself, in their order. */
export interface SubmitEachInput {
  kind: 'submit_each';
  each: Array<Pick<SubmitInput, 'at' | 'jobs' | 'idempotency'>>;
  reply: Reply<Array<Answer<SubmissionAnswer>>>;
}

/** What a person wants changed of a job that does not run; absent values stay. */
export interface JobChanges {
  priority?: number;
  held?: boolean;
}

/** Something asked of a job that exists; answered with nothing, the caller reads the committed job. */
export interface ChangeInput {
  kind: 'cancel' | 'change' | 'retry';
  at: number;
  jobId: string;
  changes: JobChanges;
  reply: Reply<undefined>;
}

export interface SettingsInput {
  kind: 'settings';
  at: number;
  settings: StoredSettings;
  reply: Reply<undefined>;
}

/** Rows that no job's life depends on; they share the turn's commit. */
export type OtherRows = Partial<
  Pick<Commit, 'schedules' | 'removedSchedules' | 'deliveries' | 'removedDeliveries' | 'webhooksUpTo'>
>;

export interface RowsInput {
  kind: 'rows';
  rows: OtherRows;
  reply: Reply<undefined>;
}

export interface EventInput {
  kind: 'event';
  event: ClusterEvent | TimerFired | DrainStarted;
}

export type Input = SubmitInput | SubmitEachInput | ChangeInput | SettingsInput | RowsInput | EventInput;

/** A queue of inputs that hands out its oldest `limit` at a time. */
export class Inbox {
  #inputs: Input[] = [];

  get size(): number {
    return this.#inputs.length;
  }

  push(input: Input): void {
    this.#inputs.push(input);
  }

  take(limit: number): Input[] {
    if (this.#inputs.length <= limit) {
      const all = this.#inputs;
      this.#inputs = [];
      return all;
    }
    return this.#inputs.splice(0, limit);
  }
}
