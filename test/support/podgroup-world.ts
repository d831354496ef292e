// The controller of pod groups on a cluster of plain objects: a test puts, changes and removes pods and owners, the watch
// tells of them, and every call that is made can be answered otherwise.
import {
  PodGroupController,
  type PodGroupControllerDeps,
} from '../../internal/controllers/podgroup/podgroup-controller.ts';
import { PodGroupService } from '../../internal/controllers/podgroup/service.ts';
import { seededRandom } from '../../internal/platform/random.ts';
import type { ApiResult, Cluster, KubernetesObject, MergePatch, WatchEvent } from '../../pkg/kubernetes/cluster.ts';
import { testQueueId } from './kubernetes-objects.ts';
import { usualLabels } from './podgroup-objects.ts';
import { recordingLogger, recordingMetrics } from './recorders.ts';
import { scriptedCluster } from './scripted-cluster.ts';
import { virtualClock } from './virtual-clock.ts';

type Answer = ApiResult<KubernetesObject>;
type Call = (verb: 'get' | 'patch' | 'create', kind: string, name: string) => Answer | Promise<Answer> | undefined;

export const refusal = (status: number): ApiResult<never> => ({
  ...{ outcome: 'refused', status, reason: 'No', message: `answered ${status}` },
});

export function podGroupWorld(options: Partial<PodGroupControllerDeps> = {}, stored: KubernetesObject[] = []) {
  const clock = virtualClock(1_000);
  const scripted = scriptedCluster();
  const objects = new Map<string, KubernetesObject>();
  const calls: string[] = [];
  const created: KubernetesObject[] = [];
  const world = {
    /** Answers instead of the cluster, when it answers at all. */
    instead: (() => undefined) as Call,
  };
  let version = 1_000;
  const keyOf = (kind: string, name: string): string => `${kind}/${name}`;
  const told: Array<{ at: number; event: WatchEvent }> = [];
  const tell = (type: 'MODIFIED' | 'DELETED', object: KubernetesObject): void => {
    scripted.stored = [...objects.values()].filter(({ kind }) => kind === 'Pod');
    scripted.resourceVersion = String(version);
    if (object.kind !== 'Pod') return;
    const event = { type, object };
    told.push({ at: version, event });
    for (const watch of scripted.watches) if (!watch.over) watch.send(event);
  };

  function put(object: KubernetesObject): KubernetesObject {
    version += 1;
    const next = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    objects.set(keyOf(object.kind, object.metadata.name), next);
    tell('MODIFIED', next);
    return next;
  }

  function remove(kind: string, name: string): void {
    const object = objects.get(keyOf(kind, name));
    objects.delete(keyOf(kind, name));
    version += 1;
    if (object) tell('DELETED', object);
  }

  function patched(name: string, { metadata = {} }: MergePatch): Answer {
    const object = objects.get(keyOf('Pod', name));
    if (!object) return refusal(404);
    const { uid, resourceVersion } = object.metadata;
    if ((metadata.uid ?? uid) !== uid || (metadata.resourceVersion ?? resourceVersion) !== resourceVersion)
      return refusal(409);
    const labels = { ...object.metadata.labels, ...(metadata.labels as Record<string, string>) };
    return { outcome: 'ok', value: put({ ...object, metadata: { ...object.metadata, labels } }) };
  }

  const cluster: Cluster = {
    ...scripted,
    list: (resource, asked) => scripted.list(resource, asked),
    watch(resource, asked) {
      const stream = scripted.watch(resource, asked);
      const since = told.filter(({ at }) => at > Number(asked.resourceVersion)).map(({ event }) => event);
      if (!scripted.refuseWatches) scripted.watchNow().send(...since);
      return stream;
    },
    async get({ kind }, _namespace, name) {
      calls.push(`get ${kind} ${name}`);
      const found = objects.get(keyOf(kind, name));
      return (await world.instead('get', kind, name)) ?? (found ? { outcome: 'ok', value: found } : refusal(404));
    },
    async patch({ kind }, _namespace, name, patch) {
      calls.push(`patch ${kind} ${name}`);
      return (await world.instead('patch', kind, name)) ?? patched(name, patch);
    },
    async create({ kind }, object) {
      calls.push(`create ${kind} ${object.metadata.name}`);
      const answer = await world.instead('create', kind, object.metadata.name);
      if (!answer) created.push(object);
      return answer ?? { outcome: 'ok', value: object };
    },
  };
  for (const object of stored) put(object);
  const [logger, metrics] = [recordingLogger(), recordingMetrics()];
  const shared = { cluster, clock, logger, metrics, random: seededRandom(1), queueId: testQueueId };
  const controller = new PodGroupController({ ...shared, labels: usualLabels, deadlockAfterMs: 60_000, ...options });
  const service = new PodGroupService(controller);
  const labelled = (label = options.labels?.ready ?? usualLabels.ready): string[] =>
    [...objects.values()]
      .filter(({ metadata }) => metadata.labels?.[label] === 'true')
      .map(({ metadata }) => metadata.name);
  const measured = (name: string, labels: object = {}): number | undefined =>
    metrics.measured.findLast((each) => each.name === name && JSON.stringify(each.labels) === JSON.stringify(labels))
      ?.value;

  return Object.assign(world, {
    ...{ clock, scripted, calls, created, logger, metrics, controller, service, put, remove, labelled, measured },
    group: (name = 'g') => service.group('team', name),
    count: (call: string): number => calls.filter((each) => each.startsWith(call)).length,
    /** Started, and what is there has been looked at. */
    async started() {
      controller.start();
      await clock.advance(10);
    },
  });
}
