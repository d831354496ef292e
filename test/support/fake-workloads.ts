// A WorkloadService for tests of the HTTP side: summaries in an array, and changes that a test tells.
import type { Page, PageRequest } from '../../pkg/api/service.ts';
import type {
  WatchedKind,
  WorkloadListener,
  WorkloadService,
  WorkloadsFilter,
  WorkloadsOverview,
  WorkloadView,
} from '../../pkg/api/workload-service.ts';
import type { WorkloadReference } from '../../pkg/models/index.ts';

export function aWorkloadView(fields: Partial<WorkloadView> = {}): WorkloadView {
  const usual = {
    kind: 'Job',
    namespace: 'default',
    name: 'work',
    uid: 'uid-work',
    state: 'Running',
    healthy: true,
  } as const;
  return { ...usual, pods: { Running: 1 }, ...fields };
}

export class FakeWorkloads implements WorkloadService {
  readonly views: WorkloadView[] = [];
  readonly unknown = new Set<WatchedKind>();
  readonly listeners = new Set<WorkloadListener>();
  readonly asked: WorkloadsFilter[] = [];

  overview(): WorkloadsOverview {
    return {
      kinds: [
        { kind: 'JobSet', available: false, message: 'The cluster has none.', states: {}, unhealthy: 0 },
        { kind: 'Job', available: true, states: { Running: 2 }, unhealthy: 1 },
      ],
      pods: { Running: 1, Unschedulable: 1 },
      containerIssues: { OOMKilled: 1 },
    };
  }

  workloads(filter: WorkloadsFilter, { limit, after }: PageRequest): Page<WorkloadView> {
    this.asked.push(filter);
    const [from = 0] = after ?? [];
    const items = this.views.slice(from, from + limit);
    const next = from + limit < this.views.length ? { next: [from + limit] } : {};
    return { items, total: this.views.length, ...next };
  }

  document(kind: string, _namespace: string, name: string): object | undefined {
    const found = this.views.find((view) => view.kind === kind && view.name === name);
    return found && { job: { name, status: found.pods, pods: [] } };
  }

  knows(kind: WatchedKind): boolean {
    return !this.unknown.has(kind);
  }

  healthOf({ uid }: WorkloadReference): WorkloadView | undefined {
    return this.views.find((view) => view.uid === uid);
  }

  listen(listener: WorkloadListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(view: WorkloadView, gone = false): void {
    const key = `${view.kind}/${view.namespace}/${view.name}`;
    for (const listener of this.listeners) listener(key, gone ? undefined : view);
  }
}
