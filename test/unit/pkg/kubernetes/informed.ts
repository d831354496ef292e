// An informer of objects with a `color` label on a scripted cluster and a virtual clock; what it tells is kept as lines.
import { seededRandom } from '../../../../internal/platform/random.ts';
import { type KubernetesObject, podsResource } from '../../../../pkg/kubernetes/cluster.ts';
import { createInformer, type InformerTiming } from '../../../../pkg/kubernetes/informer.ts';
import { recordingLogger, recordingMetrics } from '../../../support/recorders.ts';
import { scriptedCluster } from '../../../support/scripted-cluster.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

export function pod(name: string, version: number, color = 'red', uid = `uid-${name}`): KubernetesObject {
  const metadata = { name, namespace: 'team', uid, resourceVersion: String(version), labels: { color } };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { heavy: 'x'.repeat(100) } };
}

export function informed(stored: KubernetesObject[] = [], timing: Partial<InformerTiming> = {}) {
  const clock = virtualClock(0);
  const cluster = scriptedCluster(stored);
  const logger = recordingLogger();
  const metrics = recordingMetrics();
  const told: string[] = [];
  const informer = createInformer<string>({
    ...{ cluster, resource: podsResource, namespace: 'team', labelSelector: 'a=b' },
    ...{ clock, random: seededRandom(1), logger, metrics, timing },
    project(object) {
      const color = object.metadata.labels?.color;
      if (color === undefined) throw new Error('it has no color');
      return color;
    },
    indexBy: (color) => color,
    handlers: {
      onChange: (key, previous, next) => void told.push(`${key}: ${previous ?? '-'} → ${next ?? '-'}`),
      onSynced: () => void told.push('synced'),
      onReachable: () => void told.push('reachable'),
      onUnreachable: (message) => void told.push(`unreachable: ${message}`),
      onRefused: (message) => void told.push(`refused: ${message}`),
    },
  });
  /** What was told since it was last asked. */
  const news = (): string[] => told.splice(0);
  const start = async (): Promise<void> => {
    informer.start();
    await clock.settle();
    news();
  };
  return { clock, cluster, logger, metrics, informer, told, news, start };
}
