// Cases in which the cluster refuses: Jobs or pods by a quota, pods by a LimitRange, everything in a namespace that is
// being terminated or gone.
import type { Cases } from './deletions.ts';
import type { Scene } from './scene.ts';

/** The pods go first or the Job does, as it happens: both say that they were deleted. */
export const namespaceTaken = { state: 'failed', reason: /^(workload_deleted|exit_code)$/, message: /deleted/ };

export const refusals = {
  async jobs_refused_by_a_quota(scene) {
    const namespace = await scene.hands.makeNamespace();
    await quota(scene, namespace, { 'count/jobs.batch': '0' });
    const jobId = await scene.queue.submit({ name: 'refused', namespace, priority: 9 });
    const refused = { state: 'pending', reason: 'quota_refused', message: /exceeded quota/ };
    await scene.becomes(jobId, refused);
    await scene.nextRuns();
    await scene.becomes(jobId, refused);
    await scene.hands.remove(`/api/v1/namespaces/${namespace}/resourcequotas/quota`);
    await scene.becomes(jobId, { state: 'succeeded', exitCode: 0 });
  },

  async pods_refused_by_a_quota_of_pods(scene) {
    const namespace = await scene.hands.makeNamespace();
    await quota(scene, namespace, { pods: '0' });
    await withoutPods(scene, namespace, /exceeded quota/, 'resourcequotas/quota');
  },

  async pods_refused_by_a_quota_of_cpu(scene) {
    const namespace = await scene.hands.makeNamespace();
    await quota(scene, namespace, { 'requests.cpu': '1' });
    await withoutPods(scene, namespace, /must specify requests.cpu/, 'resourcequotas/quota');
  },

  async pods_refused_by_a_limit_range(scene) {
    const namespace = await scene.hands.makeNamespace();
    const limits = [{ type: 'Pod', min: { cpu: '2' } }]; // one for containers would also be a default for them
    const path = `/api/v1/namespaces/${namespace}/limitranges`;
    await scene.hands.make(path, { metadata: { name: 'limits' }, spec: { limits } });
    await withoutPods(scene, namespace, /minimum cpu usage per Pod/, 'limitranges/limits');
  },

  async namespace_terminating_while_running(scene) {
    const namespace = await scene.hands.makeNamespace();
    await scene.hands.holdNamespace(namespace);
    const { jobId } = await scene.running({ namespace });
    await scene.hands.remove(`/api/v1/namespaces/${namespace}`);
    await scene.becomes(jobId, namespaceTaken);
    await scene.nextRuns();
    const late = await scene.queue.submit({ name: 'late', namespace });
    await scene.becomes(late, { state: 'failed', reason: 'create_refused', message: /being terminated/ });
    await scene.hands.letNamespaceGo(namespace);
  },

  namespace_terminating_while_pending: (scene) => pendingIn(scene, true),
  namespace_gone_while_pending: (scene) => pendingIn(scene, false),
} satisfies Cases;

async function quota({ hands }: Scene, namespace: string, hard: object): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
  await hands.make(path, { metadata: { name: 'quota' }, spec: { hard } });
}

/** The Job is made and gets no pods: told why, kept, and well again when the refusal is taken back. */
async function withoutPods(scene: Scene, namespace: string, message: RegExp, refuser: string): Promise<void> {
  const { jobId, place } = await scene.started({ namespace });
  await scene.becomes(jobId, { state: 'running', reason: 'starting', message });
  await scene.hands.remove(`/api/v1/namespaces/${namespace}/${refuser}`);
  // The job controller's own pauses have grown meanwhile; any change of the Job makes it look again.
  await scene.hands.patchJob(place, { metadata: { annotations: { 'example.org/look': 'again' } } });
  await scene.hands.endPodOf(place);
  await scene.becomes(jobId, { state: 'succeeded', exitCode: 0 });
}

async function pendingIn(scene: Scene, held: boolean): Promise<void> {
  const namespace = await scene.hands.makeNamespace();
  if (held) await scene.hands.holdNamespace(namespace);
  const before = await scene.running();
  const jobId = await scene.queue.submit({ name: 'pending', namespace });
  await scene.hands.remove(`/api/v1/namespaces/${namespace}`);
  if (!held) await scene.hands.gone(`/api/v1/namespaces/${namespace}`);
  await scene.becomes(jobId, { state: 'pending', reason: 'waiting_for_slot' });
  await scene.hands.endPodOf(before.place);
  const message = held ? /being terminated/ : /not found/;
  await scene.becomes(jobId, { state: 'failed', reason: 'create_refused', message });
  if (held) await scene.hands.letNamespaceGo(namespace);
}
