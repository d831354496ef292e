// Puts the ready label on one pod, and on no other version of it than the one that was judged: a conflict reads the pod again
// and judges it anew, once. A pod that is gone needs none.
import { type ApiResult, type Cluster, type KubernetesObject, podsResource } from '../../../pkg/kubernetes/cluster.ts';
import { countsAsRunning, type GroupPod, groupKey } from './records.ts';

export interface PutLabelDeps {
  cluster: Pick<Cluster, 'get' | 'patch'>;
  readyLabel: string;
  project(object: KubernetesObject): GroupPod | undefined;
}

export type Labelled =
  /** It has the label, by us or by somebody else. */
  | { outcome: 'labelled'; pod: GroupPod }
  /** It is gone, or no longer what was judged; the watch brings the rest. */
  | { outcome: 'passed_over' }
  | { outcome: 'failed'; message: string; isFinal: boolean; retryAfterMs: number };

type Failure = Exclude<ApiResult<never>, { outcome: 'ok' }>;

const triesOfOne = 3;

export async function putLabel(deps: PutLabelDeps, pod: GroupPod): Promise<Labelled> {
  let judged = pod;
  for (let tries = 1; ; tries += 1) {
    const answer = await patch(deps, judged);
    if (answer.outcome === 'ok') return labelled(deps, answer.value, judged);
    if (isStatus(answer, 404)) return { outcome: 'passed_over' };
    if (!isStatus(answer, 409) || tries === triesOfOne) return failed(answer);
    const again = await deps.cluster.get(podsResource, judged.namespace, judged.name);
    if (isStatus(again, 404)) return { outcome: 'passed_over' };
    if (again.outcome !== 'ok') return failed(again);
    const now = deps.project(again.value);
    if (!now || now.uid !== pod.uid || groupKey(now) !== groupKey(pod)) return { outcome: 'passed_over' };
    if (now.ready) return { outcome: 'labelled', pod: now };
    if (now.deleted || !countsAsRunning(now)) return { outcome: 'passed_over' };
    judged = now;
  }
}

function patch({ cluster, readyLabel }: PutLabelDeps, pod: GroupPod): Promise<ApiResult<KubernetesObject>> {
  const { uid, resourceVersion } = pod;
  const metadata = { uid, resourceVersion, labels: { [readyLabel]: 'true' } };
  return cluster.patch(podsResource, pod.namespace, pod.name, { metadata });
}

function labelled({ project }: PutLabelDeps, object: KubernetesObject, judged: GroupPod): Labelled {
  return { outcome: 'labelled', pod: project(object) ?? { ...judged, ready: true } };
}

function isStatus(answer: ApiResult<unknown>, status: number): boolean {
  return answer.outcome === 'refused' && answer.status === status;
}

function failed(answer: Failure): Labelled {
  const isFinal = answer.outcome === 'refused' && ![409, 429].includes(answer.status);
  return { outcome: 'failed', message: answer.message, isFinal, retryAfterMs: answer.retryAfterMs ?? 0 };
}
