// The Kubernetes object that runs the newest attempt, down to its containers, as far as somebody follows it.
import { type JobDocument, Problem as Refusal } from '../../pkg/client/index.ts';
import { FollowedTree } from '../shared/followed-tree.tsx';
import { wordsOf } from '../shared/problem.tsx';

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
      <FollowedTree key={`${name} ${job.state}`} workload={workload} lookEveryMs={lookEveryMs} whyNot={whyNot} />
    </section>
  );
}

function whyNot(error: unknown): string {
  if (!(error instanceof Refusal)) return wordsOf(error);
  if (error.code === 'workload_not_found') return 'The cluster does not have it now.';
  if (error.code === 'controller_off')
    return 'Its pods are not followed: the server runs without the controller health.';
  return error.message;
}
