// A client on a fake API server, with a kubeconfig in a temporary folder of its own.
import { systemClock } from '../../../../../internal/platform/clock.ts';
import { seededRandom } from '../../../../../internal/platform/random.ts';
import { type ConnectOptions, connect } from '../../../../../pkg/kubernetes/client/index.ts';
import { type KubeconfigParts, writeKubeconfig } from '../../../../support/kubeconfig.ts';
import { type Answer, type KubernetesServer, kubernetesServer } from '../../../../support/kubernetes-server.ts';
import { recordingLogger, recordingMetrics } from '../../../../support/recorders.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

export interface World {
  server: KubernetesServer;
  folder: string;
  logger: ReturnType<typeof recordingLogger>;
  metrics: ReturnType<typeof recordingMetrics>;
  /** The kubeconfig's `server` is the fake one's unless it is given. */
  connect(parts?: Partial<KubeconfigParts>, options?: Partial<ConnectOptions>): ReturnType<typeof connect>;
  close(): Promise<void>;
}

export async function world(answer: Answer, serverOptions: { tls?: boolean } = {}): Promise<World> {
  const server = await kubernetesServer(answer, serverOptions);
  const folder = temporaryFolder();
  const logger = recordingLogger();
  const metrics = recordingMetrics();
  const closing: Array<() => Promise<void>> = [];
  return {
    ...{ server, logger, metrics, folder: folder.path },
    async connect(parts = {}, options = {}) {
      const kubeconfig = writeKubeconfig(folder.path, { server: server.url, ...parts });
      const deps = { clock: systemClock(), random: seededRandom(1), logger, metrics, environment: {} };
      const connected = await connect({ kubeconfig, version: '1.2.3', ...deps, ...options });
      closing.push(() => connected.cluster.close());
      return connected;
    },
    async close() {
      for (const close of closing) await close();
      await server.close();
      folder.remove();
    },
  };
}
