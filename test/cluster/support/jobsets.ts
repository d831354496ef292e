// JobSets on the test cluster, for tests that play the Job controller themselves: their Jobs are managed by nobody else, so
// that a test can say what becomes of them. Everything is asked of the Kubernetes API, and nothing here asserts.
import type { JobSetCondition, JobSetSpec, JobSetStatus, ReplicatedJob } from '../../../pkg/models/index.ts';
import { repositoryRoot } from '../../support/repository.ts';
import { type ApiAccess, apiObject, apiRequest } from '../harness/api-request.ts';
import type { SharedCluster } from '../harness/shared-cluster.ts';
import { TestQueue, until } from './queue.ts';
import { grant, removeRights } from './rights.ts';

export interface JobDocument {
  metadata: {
    name: string;
    uid: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
    deletionTimestamp?: string;
    ownerReferences: Array<Record<string, unknown>>;
  };
  spec: {
    suspend: boolean;
    completionMode: string;
    template: { metadata: JobDocument['metadata']; spec: Record<string, unknown> };
  };
  status: { startTime?: string };
}

export interface EventDocument {
  type: string;
  reason: string;
  message: string;
  involvedObject: { kind: string; name: string; uid: string };
}

const definitions = `${repositoryRoot}deploy/crds`;
const limitMs = 30_000;
let counter = 0;

/** No controller of the cluster touches its Jobs. */
export function unmanaged(
  name: string,
  replicas = 1,
  more: Partial<ReplicatedJob> = {},
  pods: object = {},
): ReplicatedJob {
  const spec = { containers: [{ name: 'main', image: 'busybox:1.36' }], ...pods };
  return {
    ...{ name, replicas },
    template: {
      spec: { managedBy: 'test.kubejobs.io/test', parallelism: 1, completions: 1, backoffLimit: 0, template: { spec } },
    },
    ...more,
  };
}

/** The definition of JobSets on the cluster, and a kubejobs that runs those of its namespace. */
export class JobSetGround {
  readonly queue: TestQueue;
  readonly #cluster: SharedCluster;

  private constructor(cluster: SharedCluster, queue: TestQueue) {
    this.#cluster = cluster;
    this.queue = queue;
  }

  static async prepare(cluster: SharedCluster): Promise<JobSetGround> {
    await cluster.kubectl('apply', '--server-side', '-f', definitions);
    await cluster.kubectl('wait', '--for=condition=Established', 'crd/jobsets.jobset.x-k8s.io', '--timeout=60s');
    const queue = await TestQueue.start(cluster, '--controllers', 'none');
    await grant('jobset', cluster.kubectl, queue.namespace);
    await grant('jobset-lookups', cluster.kubectl, queue.namespace);
    await queue.kill('SIGTERM');
    await queue.restart('--controllers', 'jobset');
    return new JobSetGround(cluster, queue);
  }

  get namespace(): string {
    return this.queue.namespace;
  }

  create(spec: JobSetSpec, annotations?: Record<string, string>): Promise<TestJobSet> {
    return TestJobSet.create(this.#cluster, this.namespace, spec, annotations);
  }

  async clear(): Promise<void> {
    const { kubectl } = this.#cluster;
    await this.queue.stop();
    await removeRights(kubectl, this.namespace);
    await kubectl('delete', '-f', definitions, '--ignore-not-found', '--timeout=60s').catch(() => undefined);
  }
}

export class TestJobSet {
  readonly name: string;
  readonly #access: ApiAccess;
  readonly #namespace: string;

  private constructor(access: ApiAccess, namespace: string, name: string) {
    this.#access = access;
    this.#namespace = namespace;
    this.name = name;
  }

  static async create(
    access: ApiAccess,
    namespace: string,
    spec: JobSetSpec,
    annotations: Record<string, string> = {},
  ): Promise<TestJobSet> {
    counter += 1;
    const jobSet = new TestJobSet(access, namespace, `set${counter}`);
    const metadata = { name: jobSet.name, annotations };
    const body = { apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', metadata, spec };
    await apiObject(access, 'POST', jobSet.#path('jobsets', false), body);
    return jobSet;
  }

  /** Undefined when it is gone. */
  async document(): Promise<
    { metadata: { uid: string; deletionTimestamp?: string }; status?: JobSetStatus } | undefined
  > {
    const answer = await apiRequest(this.#access, 'GET', this.#path('jobsets'));
    return answer.status === 404 ? undefined : JSON.parse(answer.text);
  }

  async status(): Promise<JobSetStatus> {
    return (await this.document())?.status ?? {};
  }

  async change(spec: object): Promise<void> {
    await apiObject(this.#access, 'PATCH', this.#path('jobsets'), { spec });
  }

  /** `a-0` for the Job `<name>-a-0`. */
  async job(short: string): Promise<JobDocument | undefined> {
    const answer = await apiRequest(this.#access, 'GET', this.#job(short));
    return answer.status === 404 ? undefined : JSON.parse(answer.text);
  }

  /** Once it is there and `condition` holds. */
  async jobWhen(short: string, condition: (job: JobDocument) => boolean = () => true): Promise<JobDocument> {
    let found: JobDocument | undefined;
    const look = async (): Promise<boolean> => {
      found = await this.job(short);
      return found !== undefined && condition(found);
    };
    await until(look, limitMs, () => `${short} of ${this.name}: ${JSON.stringify(found)}`);
    return found as JobDocument;
  }

  async jobs(): Promise<string[]> {
    const path = `/apis/batch/v1/namespaces/${this.#namespace}/jobs`;
    const { items } = await apiObject<{ items: JobDocument[] }>(this.#access, 'GET', path);
    const own = items.filter(({ metadata }) => metadata.ownerReferences?.some(({ name }) => name === this.name));
    return own.map(({ metadata }) => metadata.name.slice(this.name.length + 1)).sort();
  }

  async jobsAre(...shorts: string[]): Promise<void> {
    let found: string[] = [];
    const look = async (): Promise<boolean> => {
      found = await this.jobs();
      return found.join() === [...shorts].sort().join();
    };
    await until(look, limitMs, () => `${this.name} has the Jobs ${found.join()} instead of ${shorts.join()}`);
  }

  async statusWhen(condition: (status: JobSetStatus) => boolean): Promise<JobSetStatus> {
    let status: JobSetStatus = {};
    const look = async (): Promise<boolean> => {
      status = await this.status();
      return condition(status);
    };
    await until(look, limitMs, () => `the status of ${this.name}: ${JSON.stringify(status)}`);
    return status;
  }

  async condition(type: JobSetCondition['type'], is: JobSetCondition['status'] = 'True'): Promise<JobSetCondition> {
    const find = ({ conditions = [] }: JobSetStatus): JobSetCondition | undefined =>
      conditions.find((each) => each.type === type && each.status === is);
    return find(await this.statusWhen((status) => find(status) !== undefined)) as JobSetCondition;
  }

  /** Once the counts of this replicated job are these. */
  counts(name: string, counts: object): Promise<JobSetStatus> {
    return this.statusWhen(({ replicatedJobsStatus = [] }) => {
      const own = replicatedJobsStatus.find((each) => each.name === name) as Record<string, unknown> | undefined;
      return own !== undefined && Object.entries(counts).every(([what, count]) => own[what] === count);
    });
  }

  async events(): Promise<EventDocument[]> {
    const path = `/api/v1/namespaces/${this.#namespace}/events`;
    const { items } = await apiObject<{ items: EventDocument[] }>(this.#access, 'GET', path);
    return items.filter(({ involvedObject }) => involvedObject.kind === 'JobSet' && involvedObject.name === this.name);
  }

  async event(reason: string): Promise<EventDocument> {
    let found: EventDocument | undefined;
    const look = async (): Promise<boolean> => {
      found = (await this.events()).find((event) => event.reason === reason);
      return found !== undefined;
    };
    await until(look, limitMs, () => `no event ${reason} on ${this.name}`);
    return found as EventDocument;
  }

  async service(
    name = this.name,
  ): Promise<{ metadata: Record<string, unknown>; spec: Record<string, unknown> } | undefined> {
    const answer = await apiRequest(this.#access, 'GET', `/api/v1/namespaces/${this.#namespace}/services/${name}`);
    return answer.status === 404 ? undefined : JSON.parse(answer.text);
  }

  async deleteService(name = this.name): Promise<void> {
    await apiObject(this.#access, 'DELETE', `/api/v1/namespaces/${this.#namespace}/services/${name}`);
  }

  async deleteJob(short: string): Promise<void> {
    await apiObject(this.#access, 'DELETE', this.#job(short), { propagationPolicy: 'Background' });
  }

  async delete(): Promise<void> {
    await apiObject(this.#access, 'DELETE', this.#path('jobsets'), { propagationPolicy: 'Foreground' });
  }

  async patchJob(short: string, patch: object): Promise<void> {
    await apiObject(this.#access, 'PATCH', this.#job(short), patch);
  }

  /** One pod runs, and is ready. */
  ready(...shorts: string[]): Promise<void> {
    return this.#setStatus(shorts, () => ({ startTime: now(), active: 1, ready: 1 }));
  }

  running(...shorts: string[]): Promise<void> {
    return this.#setStatus(shorts, () => ({ startTime: now(), active: 1, ready: 0 }));
  }

  /** As the Job controller says it of a Job that it suspended: the start time stays. */
  stopped(...shorts: string[]): Promise<void> {
    return this.#setStatus(shorts, () => ({
      active: 0,
      ready: 0,
      conditions: [condition('Suspended', 'JobSuspended')],
    }));
  }

  complete(...shorts: string[]): Promise<void> {
    return this.#setStatus(shorts, () => ({
      ...{ startTime: now(), completionTime: now(), active: 0, ready: 0, succeeded: 1, completedIndexes: '0' },
      conditions: [condition('SuccessCriteriaMet', 'CompletionsReached'), condition('Complete', 'CompletionsReached')],
    }));
  }

  fail(short: string, reason = 'BackoffLimitExceeded', message = 'it failed'): Promise<void> {
    return this.#setStatus([short], () => ({
      ...{ startTime: now(), active: 0, ready: 0, failed: 1 },
      conditions: [condition('FailureTarget', reason, message), condition('Failed', reason, message)],
    }));
  }

  async #setStatus(shorts: readonly string[], status: () => object): Promise<void> {
    for (const short of shorts) {
      await this.jobWhen(short);
      await apiObject(this.#access, 'PATCH', `${this.#job(short)}/status`, { status: status() });
    }
  }

  #job(short: string): string {
    return `/apis/batch/v1/namespaces/${this.#namespace}/jobs/${this.name}-${short}`;
  }

  #path(plural: string, named = true): string {
    const all = `/apis/jobset.x-k8s.io/v1alpha2/namespaces/${this.#namespace}/${plural}`;
    return named ? `${all}/${this.name}` : all;
  }
}

function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

function condition(type: string, reason: string, message = ''): object {
  return { type, status: 'True', reason, message, lastTransitionTime: now(), lastProbeTime: now() };
}
