// What a call on the cluster came to, in the words of the core's events. Time and job are added by the dispatcher.
import type { CreateMade, CreateRefused, CreateUnknown, DeleteAnswered } from '../core/events.ts';

type About = 'at' | 'jobId' | 'attempt';
type Bare<Event> = Event extends unknown ? Omit<Event, About> : never;

export type CreateOutcome = Bare<CreateMade | CreateRefused | CreateUnknown>;
export type DeleteOutcome = Bare<DeleteAnswered>;

/** For an outcome without a Retry-After the field is left out. */
export function waitOf(result: { retryAfterMs?: number }): { retryAfterMs?: number } {
  return result.retryAfterMs === undefined ? {} : { retryAfterMs: result.retryAfterMs };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
