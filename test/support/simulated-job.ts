// Job manifests for tests of the simulated cluster: only what a test names differs from the smallest valid Job.
import type { KubernetesObject } from '../../pkg/kubernetes/cluster.ts';

export interface SimulatedJobOptions {
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  templateAnnotations?: Record<string, string>;
  spec?: Record<string, unknown>;
}

export function simulatedJob(name: string, options: SimulatedJobOptions = {}): KubernetesObject {
  const { namespace = 'default', labels, annotations, templateAnnotations, spec } = options;
  const container = { name: 'main', image: 'busybox:1.36' };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { labels: { app: name }, ...(templateAnnotations ? { annotations: templateAnnotations } : {}) },
        spec: { restartPolicy: 'Never', containers: [container] },
      },
      ...spec,
    },
  };
}

/** The value of an answer that must be `ok`. */
export function okValue<T>(answer: { outcome: 'ok'; value: T } | { outcome: string; message?: string }): T {
  if (answer.outcome !== 'ok' || !('value' in answer)) throw new Error(`not ok: ${JSON.stringify(answer)}`);
  return answer.value;
}
