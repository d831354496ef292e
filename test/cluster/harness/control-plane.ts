/**
 * etcd, kube-apiserver, kube-controller-manager, kube-scheduler and KWOK of one cluster, and the order in which they
 * start. The API server alone can be stopped and started again, on the same port and data, while the others wait for it.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type ApiAccess, apiObject, apiRequest } from './api-request.ts';
import * as flags from './control-plane-flags.ts';
import { writeCredentials, writeKubeconfig } from './kubeconfig.ts';
import { kwokNode, writeKwokConfiguration } from './kwok.ts';
import type { NodeCapacity } from './kwok-stages.ts';
import { freePorts } from './ports.ts';
import type { Processes } from './process.ts';
import type { controlPlaneBinaries } from './recipes.ts';
import { waitFor } from './wait.ts';

export type ControlPlaneBinaries = Record<(typeof controlPlaneBinaries)[number], string>;

export interface ControlPlaneDeps {
  binaries: ControlPlaneBinaries;
  processes: Processes;
  log: (line: string) => void;
}

export interface KwokOptions {
  nodes: number;
  capacity: NodeCapacity;
  logs: Readonly<Record<string, readonly string[]>>;
  moreStages: string;
}

interface NodeObject {
  metadata: { name: string };
  spec?: { taints?: { key: string }[] };
  status?: { conditions?: { type: string; status: string }[] };
}

const startPatienceMs = 120_000; // seven seconds on an idle machine
const apiServer = 'kube-apiserver';

export class ControlPlane implements ApiAccess {
  readonly server: string;
  readonly token = randomBytes(16).toString('hex');
  readonly caPath: string;
  readonly kubeconfigPath: string;
  /** The database behind the API server, for tests that compact it. */
  readonly etcdUrl: string;
  readonly #deps: ControlPlaneDeps;
  readonly #layout: flags.ControlPlaneLayout;

  static async start(deps: ControlPlaneDeps, kwok: KwokOptions): Promise<ControlPlane> {
    const [etcd, etcdPeer, secure, kwokPort] = (await freePorts(4)) as [number, number, number, number];
    const plane = new ControlPlane(deps, { etcd, etcdPeer, apiServer: secure, kwok: kwokPort });
    writeCredentials(deps.processes.folder, plane.token);
    writeKubeconfig(plane.kubeconfigPath, plane);
    plane.#start('etcd', flags.etcdFlags(plane.#layout));
    await plane.startApiServer();
    plane.#start('kube-controller-manager', flags.controllerManagerFlags(plane.#layout));
    plane.#start('kube-scheduler', flags.schedulerFlags(plane.#layout));
    await plane.#startKwok(kwok);
    await plane.#untilDefaultServiceAccount();
    return plane;
  }

  private constructor(deps: ControlPlaneDeps, ports: flags.ControlPlanePorts) {
    const { folder } = deps.processes;
    this.#deps = deps;
    this.server = `https://127.0.0.1:${ports.apiServer}`;
    this.etcdUrl = `http://127.0.0.1:${ports.etcd}`;
    this.caPath = join(flags.certificateFolder(folder), 'apiserver.crt');
    this.kubeconfigPath = join(folder, 'kubeconfig');
    this.#layout = { folder, ports, kubeconfig: this.kubeconfigPath };
  }

  /** Resolves when the API server answers ready. */
  async startApiServer(): Promise<void> {
    this.#start(apiServer, flags.apiServerFlags(this.#layout));
    await this.wait('the API server', async () => (await apiRequest(this, 'GET', '/readyz')).status === 200);
  }

  /** Resolves when the process is gone. SIGTERM lets it finish what it is answering, SIGKILL does not. */
  async stopApiServer(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#deps.processes.stop(apiServer, signal);
  }

  /** Waits, and gives up at once when one of the cluster's processes has ended. */
  async wait(what: string, probe: () => Promise<boolean>): Promise<void> {
    const giveUp = () => this.#deps.processes.assertRunning();
    await waitFor(what, probe, { timeoutMs: startPatienceMs, giveUp });
    this.#deps.log(`${what}: ready`);
  }

  /** Ready, and without a taint of the node lifecycle that would keep pods away. */
  async nodesAreReady(names: readonly string[]): Promise<boolean> {
    const { items } = await apiObject<{ items: NodeObject[] }>(this, 'GET', '/api/v1/nodes');
    return names.every((name) => items.some((node) => node.metadata.name === name && isSchedulable(node)));
  }

  async #startKwok(options: KwokOptions): Promise<void> {
    const { folder, ports } = this.#layout;
    const configuration = writeKwokConfiguration({
      folder,
      port: ports.kwok,
      tlsCertFile: this.caPath, // the API server's own pair: whoever asks KWOK for logs does not check the name
      tlsPrivateKeyFile: join(flags.certificateFolder(folder), 'apiserver.key'),
      ...options,
    });
    this.#start('kwok', [`--kubeconfig=${this.kubeconfigPath}`, `--config=${configuration}`]);
    const names = Array.from({ length: options.nodes }, (_, index) => `kwok-${index}`);
    await Promise.all(names.map((_, index) => apiObject(this, 'POST', '/api/v1/nodes', kwokNode(index))));
    await this.wait(`${names.length} KWOK nodes`, () => this.nodesAreReady(names));
  }

  /** The last thing the controllers make at start; whoever creates Jobs before may see half a cluster. */
  async #untilDefaultServiceAccount(): Promise<void> {
    const path = '/api/v1/namespaces/default/serviceaccounts/default';
    await this.wait('the controllers', async () => (await apiRequest(this, 'GET', path)).status === 200);
  }

  #start(name: keyof ControlPlaneBinaries, args: string[]): void {
    this.#deps.processes.start({ name, command: this.#deps.binaries[name], args });
  }
}

function isSchedulable(node: NodeObject): boolean {
  const ready = node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  const kept = node.spec?.taints?.some(({ key }) => key.startsWith('node.kubernetes.io/')) ?? false;
  return ready && !kept;
}
