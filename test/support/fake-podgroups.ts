// A PodGroupService for tests of the HTTP side: groups in an array.
import type { PodGroupService, PodGroupsFilter, PodGroupView } from '../../pkg/api/podgroup-service.ts';
import type { Page, PageRequest } from '../../pkg/api/service.ts';

export function aPodGroup(fields: Partial<PodGroupView> = {}): PodGroupView {
  const usual = { namespace: 'default', name: 'train', pods: { Running: 2 }, labelled: 2, ready: true, since: 0 };
  return { ...usual, waiting: [], waitingLeftOut: 0, ...fields };
}

export class FakePodGroups implements PodGroupService {
  readonly views: PodGroupView[] = [];
  readonly asked: PodGroupsFilter[] = [];

  groups(filter: PodGroupsFilter, { limit, after }: PageRequest): Page<PodGroupView> {
    this.asked.push(filter);
    const [from = 0] = after ?? [];
    const next = from + limit < this.views.length ? { next: [from + limit] } : {};
    return { items: this.views.slice(from, from + limit), total: this.views.length, ...next };
  }

  group(namespace: string, name: string): PodGroupView | undefined {
    return this.views.find((view) => view.namespace === namespace && view.name === name);
  }
}
