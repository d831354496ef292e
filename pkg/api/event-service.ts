// What the HTTP server needs of the stream of state changes: those that were committed, in the order of their ids.
import type { JobReason, JobState } from '../models/index.ts';

export interface JobEventView {
  /** Only grows, over all jobs. */
  eventId: number;
  jobId: string;
  queue: string;
  at: number;
  state: JobState;
  reason?: JobReason;
  message?: string;
  attempt?: number;
}

export interface EventService {
  /** From the event after `lastEventId` on, until `stop` is called. */
  listen(listener: (events: readonly JobEventView[]) => void): { lastEventId: number; stop: () => void };
  /** What came after an event. Events up to `goneUpTo` may have been deleted. */
  after(eventId: number, limit: number): { events: JobEventView[]; goneUpTo: number };
  /** Resolves when the job has ended or is not there, after `timeoutMs`, or when `signal` aborts. */
  ended(jobId: string, timeoutMs: number, signal: AbortSignal): Promise<void>;
}
