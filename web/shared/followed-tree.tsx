// A workload down to its containers, looked at again and again as long as it is shown.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { WorkloadHealthDocument } from '../../pkg/client/index.ts';
import { wordsOf } from './problem.tsx';
import { api, asksForToken } from './session.ts';
import { rootOf, type WorkloadNode } from './tree.ts';
import { WorkloadTree } from './workload-tree.tsx';

interface FollowedTreeProps {
  workload: Pick<WorkloadHealthDocument, 'kind' | 'namespace' | 'name'>;
  lookEveryMs: number;
  /** What is said of a workload that cannot be shown. */
  whyNot?(error: unknown): string;
}

export function FollowedTree({ workload, lookEveryMs, whyNot = wordsOf }: FollowedTreeProps) {
  const { kind, namespace, name } = workload;
  const root = useSignal<WorkloadNode | undefined>(undefined);
  const why = useSignal('');
  useEffect(() => {
    const load = async (): Promise<void> => {
      try {
        root.value = rootOf(await api().workload(kind, namespace, name));
        why.value = '';
      } catch (error) {
        if (!asksForToken(error)) why.value = whyNot(error);
      }
    };
    const timer = setInterval(() => !document.hidden && void load(), lookEveryMs);
    void load();
    return () => clearInterval(timer);
  }, [kind, namespace, name, lookEveryMs, whyNot, root, why]);
  if (why.value !== '') return <p class="quiet">{why.value}</p>;
  return root.value ? <WorkloadTree root={root.value} /> : <p class="quiet">Loading…</p>;
}
