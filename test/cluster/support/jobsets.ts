// JobSets on the test cluster, for tests that play the Job controller themselves: their Jobs are managed by nobody else, so
// that a test can say what becomes of them. Everything is asked of the Kubernetes API, and nothing here asserts.
import { Agent } from 'node:https';
import type { JobSetCondition, JobSetSpec, JobSetStatus } from '../../../pkg/models/index.ts';
import { repositoryRoot } from '../../support/repository.ts';
import { type ApiAccess, apiObject, apiRequest } from '../harness/api-request.ts';
import type { SharedCluster } from '../harness/shared-cluster.ts';
import {
  type EventDocument,
  type JobDocument,
  type JobSetDocument,
  prefix,
  type ServiceDocument,
  unmanaged,
} from './jobset-objects.ts';
import { TestQueue, until } from './queue.ts';
import { removeRights } from './rights.ts';

const definitions = `${repositoryRoot}deploy/crds`;
const everyJobSet = '/apis/jobset.x-k8s.io/v1alpha2/jobsets';
const limitMs = 60_000;
const holdFinalizer = 'test.kubejobs.io/hold';
let counter = 0;

/** The definition of JobSets on the cluster, and a kubejobs that runs those of its namespace. */
export class JobSetGround {
  readonly queue: TestQueue;
  /** Speaks to the API server over few connections. */
  readonly access: ApiAccess;
  readonly #cluster: SharedCluster;

  private constructor(cluster: SharedCluster, queue: TestQueue) {
    this.#cluster = cluster;
    this.access = { ...cluster, agent: new Agent({ keepAlive: true, maxSockets: 8 }) };
    this.queue = queue;
  }

  /** `beforePolicies`: what only the schema of the definition is to judge. */
  static async prepare(
    cluster: SharedCluster,
    beforePolicies: (ground: JobSetGround) => Promise<unknown> = async () => undefined,
  ): Promise<JobSetGround> {
    const { kubectl } = cluster;
    await kubectl('apply', '--server-side', '-f', `${definitions}/jobsets.yaml`);
    const served = async (): Promise<boolean> => (await apiRequest(cluster, 'GET', everyJobSet)).status === 200;
    await until(served, limitMs, () => 'JobSets are not served');
    const rights = ['jobset', 'jobset-lookups'] as const;
    const queue = await TestQueue.start({ ...cluster, rights }, '--controllers', 'jobset');
    const ground = new JobSetGround(cluster, queue);
    await beforePolicies(ground);
    await kubectl('apply', '--server-side', '-f', definitions);
    return ground;
  }

  get namespace(): string {
    return this.queue.namespace;
  }

  create(spec: JobSetSpec, annotations?: Record<string, string>): Promise<TestJobSet> {
    return TestJobSet.create(this.access, this.namespace, spec, annotations);
  }

  /** Of the whole cluster. */
  kubectl(...words: string[]): Promise<string> {
    return this.#cluster.kubectl(...words);
  }

  async clear(): Promise<void> {
    const { kubectl } = this.#cluster;
    await this.queue.stop();
    await removeRights(kubectl, this.namespace);
    await kubectl('delete', '-f', definitions, '--ignore-not-found', '--timeout=60s').catch(() => undefined);
    this.access.agent?.destroy();
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
    await jobSet.createAgain(spec, annotations);
    return jobSet;
  }

  /** Under the same name, once the last one is gone. */
  async createAgain(spec: JobSetSpec, annotations: Record<string, string> = {}): Promise<void> {
    const metadata = { name: this.name, annotations };
    const body = { apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', metadata, spec };
    await apiObject(this.#access, 'POST', this.#path('jobsets', false), body);
  }

  /** Undefined when it is gone. */
  async document(): Promise<JobSetDocument | undefined> {
    const answer = await apiRequest(this.#access, 'GET', this.#path('jobsets'));
    return answer.status === 404 ? undefined : JSON.parse(answer.text);
  }

  async status(): Promise<JobSetStatus> {
    return (await this.document())?.status ?? {};
  }

  documentWhen(condition: (document: JobSetDocument) => boolean): Promise<JobSetDocument> {
    return readUntil(this.name, () => this.document(), condition);
  }

  async uid(): Promise<string> {
    return (await this.document())?.metadata.uid ?? '';
  }

  change(spec: object): Promise<void> {
    return this.patch({ spec });
  }

  async patch(patch: object): Promise<void> {
    await apiObject(this.#access, 'PATCH', this.#path('jobsets'), patch);
  }

  /** `a-0` for the Job `<name>-a-0`. */
  async job(short: string): Promise<JobDocument | undefined> {
    const answer = await apiRequest(this.#access, 'GET', this.#job(short));
    return answer.status === 404 ? undefined : JSON.parse(answer.text);
  }

  /** Once it is there and `condition` holds. */
  jobWhen(short: string, condition: (job: JobDocument) => boolean = () => true): Promise<JobDocument> {
    return readUntil(`${short} of ${this.name}`, () => this.job(short), condition);
  }

  /** All that carry its name. */
  async jobs(): Promise<string[]> {
    const selector = encodeURIComponent(`${prefix}jobset-name=${this.name}`);
    const path = `/apis/batch/v1/namespaces/${this.#namespace}/jobs?labelSelector=${selector}`;
    const { items } = await apiObject<{ items: JobDocument[] }>(this.#access, 'GET', path);
    return items.map(({ metadata }) => metadata.name.slice(this.name.length + 1)).sort();
  }

  /** The labels of each of its Jobs, once they are these. */
  async labelsOf(...shorts: string[]): Promise<Array<Record<string, string>>> {
    const jobs = await Promise.all(shorts.map((short) => this.jobWhen(short)));
    return jobs.map(({ metadata }) => metadata.labels);
  }

  /** A Job that is none of ours, or not quite. */
  async strangerJob(short: string, metadata: object): Promise<void> {
    const { template } = unmanaged('x');
    const spec = { ...template.spec };
    spec.template = { spec: { ...spec.template.spec, restartPolicy: 'Never' } };
    const body = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: `${this.name}-${short}`, ...metadata },
      spec,
    };
    await apiObject(this.#access, 'POST', `/apis/batch/v1/namespaces/${this.#namespace}/jobs`, body);
  }

  async jobsAre(...shorts: string[]): Promise<void> {
    const wanted = [...shorts].sort().join();
    const what = `the Jobs of ${this.name}, which should be ${wanted}`;
    await readUntil(
      what,
      () => this.jobs(),
      (found) => found.join() === wanted,
    );
  }

  statusWhen(condition: (status: JobSetStatus) => boolean): Promise<JobSetStatus> {
    return readUntil(`the status of ${this.name}`, () => this.status(), condition);
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
    const about = encodeURIComponent(`involvedObject.kind=JobSet,involvedObject.name=${this.name}`);
    const path = `/api/v1/namespaces/${this.#namespace}/events?fieldSelector=${about}`;
    return (await apiObject<{ items: EventDocument[] }>(this.#access, 'GET', path)).items;
  }

  /** Once there are as many events: their reasons, by name. */
  reasons(count: number): Promise<string[]> {
    const read = async (): Promise<string[]> => (await this.events()).map(({ reason }) => reason).sort();
    return readUntil(`the events of ${this.name}`, read, ({ length }) => length >= count);
  }

  event(reason: string): Promise<EventDocument> {
    const read = async (): Promise<EventDocument | undefined> =>
      (await this.events()).find((event) => event.reason === reason);
    return readUntil(`the event ${reason} of ${this.name}`, read);
  }

  async service(name = this.name): Promise<ServiceDocument | undefined> {
    const answer = await apiRequest(this.#access, 'GET', `/api/v1/namespaces/${this.#namespace}/services/${name}`);
    return answer.status === 404 ? undefined : JSON.parse(answer.text);
  }

  serviceWhen(condition: (service: ServiceDocument) => boolean): Promise<ServiceDocument> {
    return readUntil(`the Service of ${this.name}`, () => this.service(), condition);
  }

  async noService(): Promise<void> {
    await until(
      async () => (await this.service()) === undefined,
      limitMs,
      () => `${this.name} has its Service`,
    );
  }

  async deleteService(name = this.name): Promise<void> {
    await apiObject(this.#access, 'DELETE', `/api/v1/namespaces/${this.#namespace}/services/${name}`);
  }

  async deleteJob(short: string): Promise<void> {
    await apiObject(this.#access, 'DELETE', this.#job(short), { propagationPolicy: 'Background' });
  }

  async delete(propagationPolicy = 'Foreground'): Promise<void> {
    await apiObject(this.#access, 'DELETE', this.#path('jobsets'), { propagationPolicy });
  }

  async gone(): Promise<void> {
    await until(
      async () => (await this.document()) === undefined,
      limitMs,
      () => `${this.name} is still there`,
    );
  }

  /** It stays until it is let go, whoever deletes it. */
  hold(short: string): Promise<void> {
    return this.patchJob(short, { metadata: { finalizers: [holdFinalizer] } });
  }

  letGo(short: string): Promise<void> {
    return this.patchJob(short, { metadata: { finalizers: null } });
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

  /** `at`: RFC 3339. */
  fail(short: string, reason = 'BackoffLimitExceeded', message = 'it failed', at = now()): Promise<void> {
    return this.#setStatus([short], () => ({
      ...{ startTime: at, active: 0, ready: 0, failed: 1 },
      conditions: [condition('FailureTarget', reason, message, at), condition('Failed', reason, message, at)],
    }));
  }

  /** Anything else of a Job's status. */
  says(short: string, status: object): Promise<void> {
    return this.#setStatus([short], () => status);
  }

  async #setStatus(shorts: readonly string[], status: () => object): Promise<void> {
    for (const short of shorts) {
      const { startTime } = (await this.jobWhen(short)).status;
      // It never changes while the Job runs.
      const next = startTime === undefined ? status() : { ...status(), startTime };
      await apiObject(this.#access, 'PATCH', `${this.#job(short)}/status`, { status: next });
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

/** Until something is there and `condition` holds; tells what was there last when that never comes. */
async function readUntil<T>(
  what: string,
  read: () => Promise<T | undefined>,
  condition: (found: T) => boolean = () => true,
): Promise<T> {
  let found: T | undefined;
  const look = async (): Promise<boolean> => {
    found = await read();
    return found !== undefined && condition(found);
  };
  await until(look, limitMs, () => `${what}: ${JSON.stringify(found)}`);
  return found as T;
}

function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

function condition(type: string, reason: string, message = '', at = now()): object {
  return { type, status: 'True', reason, message, lastTransitionTime: at, lastProbeTime: at };
}
