// The conditions of a PyTorchJob as the training operator writes them. Pure.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { kubernetesTime } from './timestamps.ts';

interface Condition {
  type: string;
  status: 'True' | 'False';
}

/** The condition is True from now on; Running is not, once there is an end. Nothing changes when it was there already. */
export function withCondition(workload: KubernetesObject, type: string, what: string, at: number): KubernetesObject {
  const before = (workload.status?.conditions as Condition[] | undefined) ?? [];
  if (before.some((condition) => condition.type === type)) return workload;
  const time = kubernetesTime(at);
  const condition = {
    type,
    status: 'True',
    reason: `PyTorchJob${type}`,
    message: `PyTorchJob ${workload.metadata.name} ${what}`,
    lastUpdateTime: time,
    lastTransitionTime: time,
  };
  const isEnd = type === 'Succeeded' || type === 'Failed';
  const kept = before.map((one) => (isEnd && one.type === 'Running' ? { ...one, status: 'False' as const } : one));
  const times = isEnd ? { completionTime: time } : { ...(type === 'Created' && { startTime: time }) };
  return { ...workload, status: { ...workload.status, ...times, conditions: [...kept, condition] } };
}
