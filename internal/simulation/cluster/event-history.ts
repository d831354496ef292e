// The last events of all resources, by resource version: what a watcher can still be told.
// Bounded: a watcher that asks for more than the newest `limit` events has to list again (410).
import type { KubernetesObject, Resource } from '../../../pkg/kubernetes/cluster.ts';

export interface ObjectEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  resource: Resource;
  object: KubernetesObject;
  /** The version before, for watchers whose selector the object has entered or left. */
  previous: KubernetesObject | undefined;
}

export class EventHistory {
  readonly #limit: number;
  #events: ObjectEvent[] = [];
  /** The version just before the first held event. */
  #forgotten = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get newest(): number {
    return this.#forgotten + this.#events.length;
  }

  append(event: ObjectEvent): void {
    this.#events.push(event);
    // Cutting half of a doubled array now and then costs less than shifting at every event.
    if (this.#events.length < 2 * this.#limit) return;
    this.#forgotten += this.#events.length - this.#limit;
    this.#events = this.#events.slice(-this.#limit);
  }

  /** Nothing of the past is held any more. */
  forget(): void {
    this.#forgotten += this.#events.length;
    this.#events = [];
  }

  at(version: number): ObjectEvent | undefined {
    return this.remembersSince(version - 1) ? this.#events[version - this.#forgotten - 1] : undefined;
  }

  remembersSince(version: number): boolean {
    return version >= Math.max(this.#forgotten, this.newest - this.#limit);
  }
}
