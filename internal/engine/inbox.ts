// What waits for the next turn: requests of callers, each with the way back to its caller, and news from the cluster.
import type { Answer, Job } from '../../pkg/models/index.ts';
import type { ClusterEvent, DrainStarted, TimerFired } from '../core/events.ts';

export type Reply<T> = (answer: Answer<T>) => void;

export interface SubmitInput {
  kind: 'submit';
  at: number;
  /** The row to be; the core gives it its acceptance number. */
  job: Job;
  reply: Reply<{ jobId: string; name: string; queuePosition: number }>;
}

/** A change to a job that exists; answered with nothing, the caller reads the committed job. */
export interface ChangeInput {
  kind: 'cancel' | 'reprioritise';
  at: number;
  jobId: string;
  priority?: number;
  reply: Reply<undefined>;
}

export interface EventInput {
  kind: 'event';
  event: ClusterEvent | TimerFired | DrainStarted;
}

export type Input = SubmitInput | ChangeInput | EventInput;

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
