// The Kubernetes object that runs the newest attempt, down to its containers, as far as somebody follows it.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type JobDocument, Problem as Refusal } from '../../pkg/client/index.ts';
import { wordsOf } from '../shared/problem.tsx';
import { api, asksForToken } from '../shared/session.ts';
import { rootOf, type WorkloadNode } from '../shared/tree.ts';
import { WorkloadTree } from '../shared/workload-tree.tsx';

const lookEveryMs = 3_000;

export function JobWorkload({ job }: { job: JobDocument }) {
  const { workload } = job;
  if (workload === undefined) return null;
  const { kind, namespace, name } = workload;
  return (
    <section class="card" aria-labelledby="workload-title">
      <h2 id="workload-title">
        {kind} {namespace}/{name}
      </h2>
      {job.health && !job.health.healthy && (
        <p class="state unhealthy wrap">
          <span aria-hidden="true">✕</span> {job.health.reason} {job.health.message}
        </p>
      )}
      <Tree key={`${name} ${job.state}`} workload={workload} />
    </section>
  );
}

function Tree({ workload }: { workload: NonNullable<JobDocument['workload']> }) {
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
  }, [kind, namespace, name, root, why]);
  if (why.value !== '') return <p class="quiet">{why.value}</p>;
  return root.value ? <WorkloadTree root={root.value} /> : <p class="quiet">Loading…</p>;
}

function whyNot(error: unknown): string {
  if (!(error instanceof Refusal)) return wordsOf(error);
  if (error.code === 'workload_not_found') return 'The cluster does not have it now.';
  if (error.code === 'controller_off')
    return 'Its pods are not followed: the server runs without the controller health.';
  return error.message;
}
