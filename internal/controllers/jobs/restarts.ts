// How often a JobSet has been restarted, and why the last time. Its status only counts. The pods before the restart tell it
// best, as long as they are known; else the controller's own event does, which may come a moment after the count.
// https://jobset.sigs.k8s.io/docs/concepts/
import type { Cluster } from '../../../pkg/kubernetes/cluster.ts';
import { jobSetEventReasons } from '../../../pkg/models/index.ts';
import type { Restarts } from '../../core/events.ts';
import { eventName } from '../jobset/naming.ts';
import { newestEvent } from './missing-pods.ts';
import { firstFailure } from './observe.ts';
import type { JobRecord, PodRecord } from './records.ts';

const reasons = [jobSetEventReasons.restarted, jobSetEventReasons.restartedUncounted];

export class RestartWatch {
  readonly #cluster: Pick<Cluster, 'list'>;
  readonly #known = new Map<string, Restarts>();
  /** The count that nobody could explain the first time that it was seen. */
  readonly #puzzling = new Map<string, number>();

  constructor(cluster: Pick<Cluster, 'list'>) {
    this.#cluster = cluster;
  }

  /** False: nobody says yet why, and it is worth to look again in a moment. */
  async look(key: string, job: JobRecord, podsBefore: readonly PodRecord[]): Promise<boolean> {
    const { restarts: count = 0 } = job;
    if (count === 0 || this.#known.get(key)?.count === count) return true;
    const why = firstFailure(podsBefore) ?? (await this.#told(job, count));
    if (why === undefined && this.#puzzling.get(key) !== count) {
      this.#puzzling.set(key, count);
      return false;
    }
    this.#puzzling.delete(key);
    this.#known.set(key, { count, message: `restart ${count} of the ${job.kind}${why ? `: ${why}` : ''}` });
    return true;
  }

  /** As it was when it was last looked at. */
  of(key: string): Restarts | undefined {
    return this.#known.get(key);
  }

  forget(key: string): void {
    this.#known.delete(key);
    this.#puzzling.delete(key);
  }

  keys(): string[] {
    return [...new Set([...this.#known.keys(), ...this.#puzzling.keys()])];
  }

  /** The event of this very restart, whose name the JobSet controller derives from the count. */
  async #told({ namespace, name, uid }: JobRecord, count: number): Promise<string | undefined> {
    for (const reason of reasons) {
      const eventOf = eventName({ name, uid }, reason, String(count));
      const message = await newestEvent(this.#cluster, namespace, `metadata.name=${eventOf}`);
      if (message !== undefined) return message;
    }
    return undefined;
  }
}
