// What the HTTP API asks about the health of workloads, answered from the index. It fits the API's interface by shape.
import type { WorkloadReference } from '../../../pkg/models/index.ts';
import { type Page, type PageRequest, pageOf } from '../page.ts';
import type { HealthController, KindAvailability } from './health-controller.ts';
import type { WatchedKind } from './records.ts';
import type { WorkloadSummary } from './summary.ts';

export interface WorkloadsFilter {
  kind?: string;
  namespace?: string;
  /** Only those that are not healthy. */
  unhealthy: boolean;
}

type KindView = KindAvailability & { states: Record<string, number>; unhealthy: number };

export interface Overview {
  kinds: KindView[];
  pods: Record<string, number>;
  containerIssues: Record<string, number>;
}

export class HealthService {
  readonly #controller: HealthController;

  constructor(controller: HealthController) {
    this.#controller = controller;
  }

  overview(): Overview {
    const { kinds, pods, containerIssues } = this.#controller.index.counts();
    const views = this.#controller.availability().map((each) => ({ ...each, ...kinds[each.kind] }));
    return { kinds: views, pods, containerIssues };
  }

  workloads(filter: WorkloadsFilter, request: PageRequest): Page<WorkloadSummary> {
    const { items, ...page } = pageOf(this.#matching(filter), request);
    return { ...page, items: items.map(({ summary }) => summary) };
  }

  *#matching({
    kind,
    namespace,
    unhealthy,
  }: WorkloadsFilter): Iterable<{ sequence: number; summary: WorkloadSummary }> {
    for (const each of this.#controller.index.summaries()) {
      const { summary } = each;
      if ((kind ?? summary.kind) !== summary.kind || (namespace ?? summary.namespace) !== summary.namespace) continue;
      if (!unhealthy || !summary.healthy) yield each;
    }
  }

  document(kind: string, namespace: string, name: string): object | undefined {
    return this.#controller.index.document(kind, namespace, name);
  }

  knows(kind: WatchedKind): boolean {
    return this.#controller.knows(kind);
  }

  /** Of the workload of a job, when it is there and no other one of its name. */
  healthOf({ kind, namespace, name, uid }: WorkloadReference): WorkloadSummary | undefined {
    const summary = this.#controller.index.summary(kind, namespace, name);
    return summary?.uid === uid ? summary : undefined;
  }

  /** `summary` undefined: gone. */
  listen(listener: (key: string, summary: WorkloadSummary | undefined) => void): () => void {
    return this.#controller.listen((key, next, previous) => {
      if (JSON.stringify(next) !== JSON.stringify(previous)) listener(key, next);
    });
  }
}
