// Cases in which others take the Job itself away: by the three kinds of deletion, at three moments of its life, with a
// time to live of nothing, by its owner, and with a finalizer that keeps it from being gone.
import { fated } from '../../../cluster/support/queue.ts';
import type { CaseName } from './matrix.ts';
import type { Propagation } from './other-hands.ts';
import type { Scene } from './scene.ts';

export type Play = (scene: Scene) => Promise<void>;
export type Cases = Partial<Record<CaseName, Play>>;

export const deletedByOthers = { state: 'failed', reason: 'workload_deleted', message: /deleted by someone else/ };
const succeeded = { state: 'succeeded', exitCode: 0 };
const pendingPod = { annotations: { 'test.kubejobs.io/start-delay': '10m' } };

export const deletions = {
  job_deleted_background_while_its_pod_is_pending: (scene) => whilePending(scene, 'Background'),
  job_deleted_foreground_while_its_pod_is_pending: (scene) => whilePending(scene, 'Foreground'),
  job_deleted_orphan_while_its_pod_is_pending: (scene) => whilePending(scene, 'Orphan'),
  job_deleted_background_while_running: (scene) => whileRunning(scene, 'Background'),
  job_deleted_foreground_while_running: (scene) => whileRunning(scene, 'Foreground'),
  job_deleted_orphan_while_running: (scene) => whileRunning(scene, 'Orphan'),
  job_deleted_background_as_it_finishes: (scene) => asItFinishes(scene, 'Background'),
  job_deleted_foreground_as_it_finishes: (scene) => asItFinishes(scene, 'Foreground'),
  job_deleted_orphan_as_it_finishes: (scene) => asItFinishes(scene, 'Orphan'),

  async job_deleted_unseen_after_its_end(scene) {
    const { jobId, place } = await scene.running();
    await scene.whileNobodyWatches(async () => {
      await scene.hands.endPodOf(place);
      await scene.hands.jobHasEnded(place);
      await scene.hands.deleteJob(place, 'Background');
      await scene.hands.jobIsGone(place);
    });
    await scene.becomes(jobId, deletedByOthers);
  },

  async job_deleted_after_its_end_was_seen(scene) {
    const { jobId, place } = await scene.running();
    await scene.hands.endPodOf(place);
    await scene.becomes(jobId, succeeded);
    await scene.hands.deleteJob(place, 'Foreground');
    await scene.hands.jobIsGone(place);
    await scene.nextRuns();
    await scene.becomes(jobId, succeeded);
  },

  /** Its name comes back with our labels and another uid, as by `kubectl replace --force`: then that one is the job’s. */
  async job_deleted_again_and_made_by_others(scene) {
    const { jobId, place } = await scene.running();
    const { spec, metadata } = (await scene.hands.job(place)) ?? { spec: {}, metadata: {} };
    const { labels } = metadata as { labels?: object };
    const { selector: _selector, template, ...rest } = spec as { selector?: object; template: { spec: object } };
    await scene.whileWatchesWait(async () => {
      await scene.hands.deleteJob(place, 'Background');
      await scene.hands.jobIsGone(place);
      const copied = { ...rest, template: { spec: template.spec } };
      const path = `/apis/batch/v1/namespaces/${place.namespace}/jobs`;
      await scene.hands.make(path, { metadata: { name: place.name, labels }, spec: copied });
    });
    await scene.becomes(jobId, succeeded);
  },

  async ttl_of_zero_after_success(scene) {
    const template = { ...fated('succeed', { duration: '500ms' }), ttlSecondsAfterFinished: 0 };
    const jobId = await scene.queue.submit({ name: 'ttl-success', template });
    await scene.letOneWait();
    await scene.hands.jobIsGone(await scene.placeOf(jobId));
    await scene.becomes(jobId, succeeded);
  },

  async ttl_of_zero_after_failure(scene) {
    const template = { ...fated('fail', { duration: '500ms', 'exit-code': '7' }), ttlSecondsAfterFinished: 0 };
    const jobId = await scene.queue.submit({ name: 'ttl-failure', template });
    await scene.letOneWait();
    await scene.hands.jobIsGone(await scene.placeOf(jobId));
    await scene.becomes(jobId, { state: 'failed', reason: 'exit_code', exitCode: 7 });
  },

  async job_with_an_owner_that_is_deleted(scene) {
    const { jobId, place } = await scene.running();
    const owners = `/api/v1/namespaces/${place.namespace}/configmaps`;
    await scene.hands.make(owners, { metadata: { name: 'owner' } });
    const { uid } = await scene.hands
      .read<{ metadata: { uid: string } }>(`${owners}/owner`)
      .then((one) => one.metadata);
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid };
    await scene.hands.patchJob(place, { metadata: { ownerReferences: [owner] } });
    await scene.hands.remove(`${owners}/owner`);
    await scene.becomes(jobId, deletedByOthers);
  },

  async job_held_by_a_finalizer_of_others(scene) {
    const { jobId, place } = await scene.running();
    await scene.hands.patchJob(place, { metadata: { finalizers: ['example.org/held'] } });
    await scene.hands.deleteJob(place, 'Background');
    await scene.becomes(jobId, { state: 'running', message: /the Job is being deleted/ });
    await scene.staysLike(jobId, { state: 'running', message: /the Job is being deleted/ });
    await scene.hands.patchJob(place, { metadata: { finalizers: null } });
    await scene.becomes(jobId, deletedByOthers);
  },
} satisfies Cases;

async function whilePending(scene: Scene, propagation: Propagation): Promise<void> {
  const { jobId, place } = await scene.started(pendingPod);
  await scene.hands.podOf(place, 'Pending');
  await scene.hands.deleteJob(place, propagation);
  await scene.becomes(jobId, deletedByOthers);
}

async function whileRunning(scene: Scene, propagation: Propagation): Promise<void> {
  const { jobId, place } = await scene.running();
  await scene.hands.deleteJob(place, propagation);
  await scene.becomes(jobId, deletedByOthers);
}

/** Its end and its deletion are told in one breath: it has ended as it did. */
async function asItFinishes(scene: Scene, propagation: Propagation): Promise<void> {
  const { jobId, place } = await scene.running();
  await scene.whileWatchesWait(async () => {
    await scene.hands.endPodOf(place);
    await scene.hands.jobHasEnded(place);
    await scene.hands.deleteJob(place, propagation);
    await scene.hands.jobIsGone(place);
  });
  await scene.becomes(jobId, succeeded);
}
