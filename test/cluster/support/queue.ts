// kubejobs as a process on the test cluster, for one test: its own database, its own namespace, an account with the rights
// of deploy/rbac and no other, and short words for what the tests ask of it and of the cluster. Nothing here asserts.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll } from 'vitest';
import { getJson, type ServerProcess, startServing, submitJob } from '../../support/server-process.ts';
import type { Kubectl } from '../harness/kubectl.ts';
import { type Additional, accountWithRights, removeRights } from './rights.ts';

export interface JobDocument {
  job_id: string;
  name: string;
  priority: number;
  state: string;
  reason?: string;
  message?: string;
  exit_code?: number;
  attempts: Array<{ attempt: number; dispatch_sequence: number; dispatched_at: string; finished_at?: string }>;
  workload?: { kind: string; namespace: string; name: string; uid?: string };
  timeline: Array<{ at: string; state: string; reason?: string }>;
}

export interface ClusterAccess {
  kubeconfigPath: string;
  kubectl: Kubectl;
  /** Of the account that the server speaks as, beside those that every server needs. */
  rights?: readonly Additional[];
}

export interface KubernetesJob {
  metadata: { name: string; uid: string; labels: Record<string, string>; deletionTimestamp?: string };
  status: { conditions?: Array<{ type: string; status: string }> };
}

let counter = 0;
const started = new Set<TestQueue>();

// A test that fails does not come to its last line, and no server may outlive its file.
afterAll(async () => {
  for (const queue of started) await queue.stop();
});

export class TestQueue {
  readonly namespace: string;
  readonly #cluster: ClusterAccess;
  readonly #flags: string[];
  #server: ServerProcess | undefined;

  private constructor(cluster: ClusterAccess, namespace: string, flags: string[]) {
    this.#cluster = cluster;
    this.namespace = namespace;
    this.#flags = flags;
  }

  static async start(cluster: ClusterAccess, ...flags: string[]): Promise<TestQueue> {
    counter += 1;
    const namespace = `t${process.pid}-${counter}`;
    const folder = mkdtempSync(join(tmpdir(), 'kubejobs-test-'));
    const kubeconfig = await accountWithRights({ ...cluster, namespace, others: otherNamespaces(flags), folder });
    const store = `sqlite:${join(folder, 'queue.db')}`;
    const all = ['--kubeconfig', kubeconfig, '--namespace', namespace, '--store', store];
    const queue = new TestQueue(cluster, namespace, [...all, ...flags]);
    started.add(queue);
    await queue.restart();
    return queue;
  }

  get url(): string {
    return this.server.url;
  }

  get server(): ServerProcess {
    if (!this.#server) throw new Error('the server is not running');
    return this.#server;
  }

  /** Starts the program again on the same database; `flags` win over those of the start. */
  async restart(...flags: string[]): Promise<void> {
    this.#server = await startServing([...this.#flags, ...flags]);
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<unknown> {
    return this.server.kill(signal);
  }

  /** Safe to call twice. */
  async stop(): Promise<void> {
    if (!started.delete(this)) return;
    await this.#server?.kill('SIGTERM');
    await this.#cluster.kubectl('delete', 'namespace', this.namespace, '--wait=false').catch(() => undefined);
    const everywhere = otherNamespaces(this.#flags).includes('*');
    if (everywhere) await removeRights(this.#cluster.kubectl, this.namespace).catch(() => undefined);
  }

  /** The job's id. */
  async submit(body: object): Promise<string> {
    const response = await submitJob(this.url, body);
    const answer = (await response.json()) as JobDocument;
    if (response.status !== 201) throw new Error(`answered ${response.status}: ${JSON.stringify(answer)}`);
    return answer.job_id;
  }

  job(jobId: string): Promise<JobDocument> {
    return getJson(`${this.url}/jobs/${jobId}`);
  }

  async names(list: 'pending' | 'running'): Promise<string[]> {
    return (await getJson<JobDocument[]>(`${this.url}/jobs/${list}`)).map((job) => job.name);
  }

  /** The job once `condition` holds; fails with its last document after `limitMs`. */
  async jobWhen(jobId: string, condition: (job: JobDocument) => boolean, limitMs = 60_000): Promise<JobDocument> {
    let job = await this.job(jobId);
    const look = async (): Promise<boolean> => {
      job = await this.job(jobId);
      return condition(job);
    };
    await until(look, limitMs, () => JSON.stringify(job));
    return job;
  }

  finished(jobId: string, limitMs?: number): Promise<JobDocument> {
    return this.jobWhen(jobId, (job) => ['succeeded', 'failed', 'cancelled'].includes(job.state), limitMs);
  }

  /** The Jobs of this queue on the cluster. */
  async kubernetesJobs(): Promise<KubernetesJob[]> {
    const text = await this.#cluster.kubectl('get', 'jobs', '-n', this.namespace, '-o', 'json');
    return (JSON.parse(text) as { items: KubernetesJob[] }).items;
  }
}

/** Those of `--namespaces`. */
function otherNamespaces(flags: readonly string[]): string[] {
  const index = flags.indexOf('--namespaces');
  return index < 0 ? [] : (flags[index + 1] ?? '').split(',');
}

export function isUnfinished(job: KubernetesJob): boolean {
  const ends = (job.status.conditions ?? []).filter((one) => one.status === 'True');
  return !ends.some((one) => one.type === 'Complete' || one.type === 'Failed');
}

/** Waits for a condition, looking ten times a second. */
export async function until(
  condition: () => Promise<boolean>,
  limitMs: number,
  explain: () => string = () => '',
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms ${explain()}`);
    await delay(100);
  }
}

/** A template whose pods meet the given fate on a simulated node; see test/cluster/README.md. */
export function fated(fate: string, annotations: Record<string, string> = {}): object {
  const keys = Object.entries(annotations).map(([key, value]) => [`test.kubejobs.io/${key}`, value]);
  return {
    backoffLimit: 0,
    template: {
      metadata: { labels: { 'test.kubejobs.io/fate': fate }, annotations: Object.fromEntries(keys) },
      spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1.36' }] },
    },
  };
}

/** A template that runs a real shell command on the real node. */
export function realCommand(script: string, resources: object = {}): object {
  return {
    backoffLimit: 0,
    template: {
      spec: {
        restartPolicy: 'Never',
        nodeSelector: { 'kubernetes.io/hostname': 'localhost' },
        tolerations: [{ key: 'kubejobs.io/real', operator: 'Exists' }],
        containers: [
          { name: 'main', image: 'busybox:1.36', imagePullPolicy: 'Never', command: ['sh', '-c', script], resources },
        ],
      },
    },
  };
}
