// Cases in which the program loses its rights in the namespace where its job runs, as it does with every namespace that is
// deleted when the rights are given for each: it can no longer ask whether the Job is gone. The watches that were open
// tell of it and of its pods all the same.
import { deletedByOthers } from './deletions.ts';
import type { CaseName } from './matrix.ts';
import { namespaceTaken } from './refusals.ts';
import type { Scene } from './scene.ts';

type ScopedCase = (scene: Scene, namespace: string) => Promise<void>;

export const scopedCases = {
  async namespace_gone_with_the_rights_in_it(scene, namespace) {
    const { jobId } = await scene.running({ namespace });
    await scene.hands.remove(`/api/v1/namespaces/${namespace}`);
    await scene.hands.gone(`/api/v1/namespaces/${namespace}`);
    await scene.becomes(jobId, namespaceTaken);
    await scene.nextRuns();
    const late = await scene.queue.submit({ name: 'late', namespace });
    await scene.becomes(late, { state: 'failed', reason: 'create_refused', message: /forbidden/ });
  },

  async job_deleted_after_the_rights_were_taken(scene, namespace) {
    const { jobId, place } = await scene.running({ namespace });
    const bindings = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`;
    await scene.hands.remove(`${bindings}/kubejobs-${scene.queue.namespace}`);
    await scene.hands.deleteJob(place, 'Background');
    await scene.becomes(jobId, deletedByOthers);
  },
} satisfies Partial<Record<CaseName, ScopedCase>>;
