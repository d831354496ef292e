// Cases in which others leave the Job and change what belongs to it: its pods, its labels, whether it is suspended.
import type { Cases } from './deletions.ts';
import { deletedByOthers } from './deletions.ts';

const noLabels = {
  'app.kubernetes.io/managed-by': null,
  'kubejobs.io/queue-id': null,
  'kubejobs.io/job-id': null,
  'kubejobs.io/attempt': null,
};

export const interference = {
  /** With `backoffLimit: 0` there is no other one in its place. */
  async pod_deleted_while_pending(scene) {
    const { jobId, place } = await scene.started({ annotations: { 'test.kubejobs.io/start-delay': '10m' } });
    await scene.hands.deletePod(await scene.hands.podOf(place, 'Pending'));
    await scene.becomes(jobId, { state: 'failed', reason: 'exit_code', message: /deleted before it ended/ });
  },

  async pod_deleted_while_running(scene) {
    const { jobId, place } = await scene.running();
    await scene.hands.deletePod(await scene.hands.podOf(place, 'Running'));
    await scene.becomes(jobId, { state: 'failed', reason: 'exit_code', message: /deleted before it ended/ });
  },

  async pod_evicted_while_running(scene) {
    const { jobId, place } = await scene.running();
    await scene.hands.evictPod(await scene.hands.podOf(place, 'Running'));
    await scene.becomes(jobId, { state: 'failed', reason: 'exit_code', message: /evict/i });
  },

  async labels_of_the_job_removed(scene) {
    const { jobId, place } = await scene.running();
    await scene.hands.patchJob(place, { metadata: { labels: noLabels } });
    await scene.hands.endPodOf(place);
    await scene.becomes(jobId, { state: 'succeeded', exitCode: 0 });
  },

  async labels_of_the_job_removed_then_deleted(scene) {
    const { jobId, place } = await scene.running();
    await scene.hands.patchJob(place, { metadata: { labels: noLabels } });
    await scene.hands.deleteJob(place, 'Background');
    await scene.becomes(jobId, deletedByOthers);
  },

  async labels_of_the_pod_removed(scene) {
    const { jobId, place } = await scene.running();
    await scene.hands.patchPod(await scene.hands.podOf(place, 'Running'), { metadata: { labels: noLabels } });
    await scene.hands.endPodOf(place);
    await scene.becomes(jobId, { state: 'succeeded', exitCode: 0 });
  },

  async job_suspended_and_resumed(scene) {
    const { jobId, place } = await scene.running();
    await scene.hands.patchJob(place, { spec: { suspend: true } });
    await scene.becomes(jobId, { state: 'running', reason: 'starting', message: /suspended/ });
    await scene.hands.patchJob(place, { spec: { suspend: false } });
    await scene.becomes(jobId, { state: 'running' });
    await scene.hands.endPodOf(place);
    await scene.becomes(jobId, { state: 'succeeded', exitCode: 0 });
  },
} satisfies Cases;
