// The two counters by name of JobSet, as dashboards for JobSet know them. Names are without end, so only so many get a
// series of their own; all others share one.
import type { TerminalState } from '../../../pkg/models/index.ts';
import type { Metrics } from '../../platform/metrics.ts';

export const mostSeries = 1_000;

export class FinishedCount {
  readonly #metrics: Metrics;
  readonly #most: number;
  readonly #named: Record<TerminalState, Set<string>> = { Completed: new Set(), Failed: new Set() };

  /** `most` counts the shared series too. */
  constructor(metrics: Metrics, most = mostSeries) {
    this.#metrics = metrics;
    this.#most = most;
  }

  count({ namespace, name }: { namespace: string; name: string }, state: TerminalState): void {
    const metric = state === 'Completed' ? 'jobset_completed_total' : 'jobset_failed_total';
    const named = this.#named[state];
    const key = `${namespace}/${name}`;
    const isKnown = named.has(key) || named.size < this.#most - 1;
    if (isKnown) named.add(key);
    this.#metrics.count(
      metric,
      isKnown ? { jobset_name: name, namespace } : { jobset_name: 'other', namespace: 'other' },
    );
  }
}
