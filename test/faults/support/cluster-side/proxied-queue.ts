// kubejobs on a real cluster with the fault proxy between the two, and a witness that looks past the proxy. The simulated
// nodes, the controllers and the witness speak to the API server directly: only the program under test has the faults.
import type { ApiAccess } from '../../../cluster/harness/api-request.ts';
import { type ClusterAccess, TestQueue } from '../../../cluster/support/queue.ts';
import { writeKubeconfig } from '../../../support/kubeconfig.ts';
import { tlsFile } from '../../../support/kubernetes-server.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { type FaultProxy, startFaultProxy } from '../proxy/fault-proxy.ts';
import { JobWitness } from './job-witness.ts';

export type FaultCluster = ClusterAccess & ApiAccess;

export interface ProxiedQueue {
  queue: TestQueue;
  proxy: FaultProxy;
  witness: JobWitness;
  /** Runs `work` and stops all three, whatever came of it. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

export interface ProxiedQueueOptions {
  flags?: string[];
  /** Between the program and the proxy. Plain HTTP saves this machine the work. */
  tls?: boolean;
}

export async function proxiedQueue(cluster: FaultCluster, options: ProxiedQueueOptions = {}): Promise<ProxiedQueue> {
  const { tls = false, flags = [] } = options;
  const folder = temporaryFolder();
  const proxy = await startFaultProxy({ server: cluster.server, caPath: cluster.caPath, tls });
  const kubeconfigPath = writeKubeconfig(folder.path, {
    server: proxy.url,
    cluster: tls ? { 'certificate-authority': tlsFile('ca.pem') } : {},
    user: { token: cluster.token },
  });
  const queue = await TestQueue.start({ kubeconfigPath, kubectl: cluster.kubectl }, '--settle-ms', '0', ...flags);
  const witness = await JobWitness.start(cluster, queue.namespace);
  return {
    ...{ queue, proxy, witness },
    async during(work) {
      try {
        return await work();
      } finally {
        await witness.stop();
        await queue.stop();
        await proxy.close();
        folder.remove();
      }
    },
  };
}

/** A job whose pod runs this long on a simulated node and then succeeds. */
export function shortJob(name: string, duration = '200ms'): object {
  return { name, image: 'busybox:1.36', annotations: { 'test.kubejobs.io/duration': duration } };
}

/** A job whose pod runs until its fate is changed. */
export function endlessJob(name: string): object {
  return { name, image: 'busybox:1.36', labels: { 'test.kubejobs.io/fate': 'never' } };
}
