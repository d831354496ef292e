// The numbers behind PriorityClasses, for exclusive placement. They never change in a class, but classes come and go, so what
// was read is only good for a while.
import type { Cluster, KubernetesObject, Resource } from '../../../pkg/kubernetes/cluster.ts';
import type { Clock } from '../../platform/clock.ts';
import type { PriorityOf } from './child-manifest.ts';
import { neededPriorityClasses } from './placement.ts';
import type { JobSetRecord } from './records.ts';

const priorityClassesResource: Resource = {
  group: 'scheduling.k8s.io',
  version: 'v1',
  plural: 'priorityclasses',
  kind: 'PriorityClass',
};
const goodForMs = 60_000;

type PriorityClass = KubernetesObject & { value?: number; globalDefault?: boolean };

export class Priorities {
  readonly #deps: { cluster: Pick<Cluster, 'list'>; clock: Clock };
  #known: ReadonlyMap<string | undefined, number> = new Map();
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(deps: { cluster: Pick<Cluster, 'list'>; clock: Clock }) {
    this.#deps = deps;
  }

  /** Reads nothing for a JobSet whose placement needs none. */
  async for(jobSet: JobSetRecord): Promise<PriorityOf> {
    const needed = neededPriorityClasses(jobSet);
    const isKnown = [...needed].every((name) => this.#known.has(name));
    if (needed.size > 0 && (!isKnown || this.#deps.clock.now() - this.#readAt > goodForMs)) await this.#read();
    return (name) => this.#known.get(name);
  }

  async #read(): Promise<void> {
    const page = await this.#deps.cluster.list(priorityClassesResource, {});
    if (page.outcome !== 'ok') return;
    const classes = page.value.items as PriorityClass[];
    const usual = classes.find(({ globalDefault }) => globalDefault === true)?.value ?? 0;
    const named = classes.map(({ metadata, value }) => [metadata.name, value ?? 0] as const);
    this.#known = new Map<string | undefined, number>([[undefined, usual], ...named]);
    this.#readAt = this.#deps.clock.now();
  }
}
