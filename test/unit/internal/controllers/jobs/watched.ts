// A jobs controller on two scripted clusters in one: Jobs and Pods have a list and a watch each, single reads and pod
// lists by attempt answer what a test says.
import { type JobsControllerDeps, jobsController } from '../../../../../internal/controllers/jobs/jobs-controller.ts';
import type { ClusterEvent } from '../../../../../internal/core/events.ts';
import { silentMetrics } from '../../../../../internal/platform/metrics.ts';
import { seededRandom } from '../../../../../internal/platform/random.ts';
import type {
  ApiResult,
  Cluster,
  KubernetesObject,
  ListPage,
  Resource,
  WatchEvent,
} from '../../../../../pkg/kubernetes/cluster.ts';
import type { WorkloadReference } from '../../../../../pkg/models/index.ts';
import { testJobId, testQueueId } from '../../../../support/kubernetes-objects.ts';
import { recordingLogger } from '../../../../support/recorders.ts';
import { page, scriptedCluster } from '../../../../support/scripted-cluster.ts';
import { virtualClock } from '../../../../support/virtual-clock.ts';

export const notFound: ApiResult<never> = { outcome: 'refused', status: 404, reason: 'NotFound', message: 'not found' };

export const reference: WorkloadReference = { kind: 'Job', namespace: 'team', name: 'job-1', uid: 'job-uid' };

export interface Script {
  jobs?: KubernetesObject[];
  pods?: KubernetesObject[];
  /** Attempts that hold a slot, by number. */
  expected?: Record<number, WorkloadReference>;
  get?: (name: string) => ApiResult<KubernetesObject> | Promise<ApiResult<KubernetesObject>>;
  /** Pods of one attempt, asked for by label. */
  listPods?: () => ApiResult<ListPage>;
  /** Events of one Job. */
  listEvents?: () => ApiResult<ListPage>;
  deps?: Partial<JobsControllerDeps>;
}

export function watched(script: Script = {}) {
  const clock = virtualClock(1_000);
  const logger = recordingLogger();
  const jobs = scriptedCluster(script.jobs ?? []);
  const pods = scriptedCluster(script.pods ?? []);
  const of = (resource: Resource) => (resource.plural === 'jobs' ? jobs : pods);
  const expected = new Map(Object.entries(script.expected ?? {}).map(([key, value]) => [Number(key), value]));
  const asked: string[] = [];
  const events: ClusterEvent[] = [];
  const cluster: Cluster = {
    ...jobs,
    watch: (resource, options) => of(resource).watch(resource, options),
    async list(resource, options) {
      if (resource.plural === 'events') {
        asked.push(`events in ${options.namespace} with ${options.fieldSelector}`);
        return script.listEvents?.() ?? { outcome: 'ok', value: page([]) };
      }
      if (!options.labelSelector?.includes('job-id')) return of(resource).list(resource, options);
      asked.push(`pods in ${options.namespace} with ${options.labelSelector}`);
      return script.listPods?.() ?? { outcome: 'ok', value: page([]) };
    },
    async get(_resource, namespace, name) {
      asked.push(`${namespace}/${name}`);
      return script.get?.(name) ?? notFound;
    },
  };
  const controller = jobsController({
    ...{ cluster, queueId: testQueueId, clock, random: seededRandom(1), logger, metrics: silentMetrics },
    emit: (event) => void events.push(event),
    expected: (jobId, attempt) => (jobId === testJobId ? expected.get(attempt) : undefined),
    expectedKeys: () => [...expected.keys()].map((attempt) => ({ jobId: testJobId, attempt })),
    ...script.deps,
  });
  const start = async (): Promise<void> => {
    controller.start();
    await clock.advance(1);
  };
  const send = async (to: typeof jobs, ...news: WatchEvent[]): Promise<void> => {
    to.watchNow().send(...news);
    await clock.advance(1);
  };
  return {
    ...{ clock, controller, logger, expected, asked, jobs, pods, start },
    sendJob: (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubernetesObject) => send(jobs, { type, object }),
    sendPod: (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubernetesObject) => send(pods, { type, object }),
    /** Every watch says 410, so that everything is listed again. */
    async relist() {
      await clock.advance(11_000);
      for (const one of [jobs, pods]) one.watchNow().send({ type: 'ERROR', code: 410, message: 'too old' });
      await clock.advance(1);
    },
    /** What was emitted since it was last asked, in short. */
    news: () => events.splice(0).map(inShort),
    /** The same with the words. */
    words: () => events.splice(0).map((event) => [inShort(event), wordsOf(event)].filter(Boolean).join(': ')),
  };
}

function wordsOf(event: ClusterEvent): string | undefined {
  if (event.kind !== 'workload_observed' || !('message' in event.observation)) return undefined;
  return event.observation.message;
}

function inShort(event: ClusterEvent): string {
  if (event.kind === 'workload_missing') return `${event.attempt} missing`;
  if (event.kind !== 'workload_observed') return event.kind;
  const { observation, attempt, uid } = event;
  const code = 'exitCode' in observation ? ` ${observation.exitCode}` : '';
  const reason = 'reason' in observation ? ` ${observation.reason}` : '';
  return `${attempt} ${observation.phase}${reason}${code}${uid === 'job-uid' ? '' : ` (${uid})`}`;
}
