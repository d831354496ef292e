// Bugs planted in memory, in the program or between it and its store or cluster: one for each way in which a program like
// this goes wrong. A harness that does not notice them proves nothing. `onlyAfter` names what it takes to meet the bug at
// all; without that the same seeds must show nothing.
import { Core } from '../../internal/core/core.ts';
import type { CoreEvent } from '../../internal/core/events.ts';
import type { RunningJob } from '../../internal/core/state.ts';
import { PriorityQueue } from '../../internal/queue/priority-queue.ts';
import type { Tampering } from '../../internal/simulation/world.ts';
import type { Commit, Snapshot, Store } from '../../internal/store/store.ts';
import type { ApiResult, Cluster, KubernetesObject, Resource } from '../../pkg/kubernetes/cluster.ts';

export interface PlantedBug {
  name: string;
  onlyAfter?: 'a crash' | 'a reordering';
  /** Makes it anew for each run. */
  plant(): Tampering;
}

type Result<T> = ApiResult<T>;
type Lie<T> = (truth: Result<T>) => Result<T>;

const refusedWith = (status: number): Result<never> => ({
  outcome: 'refused',
  status,
  reason: 'Planted',
  message: 'a planted bug',
});

function lyingStore(lies: Partial<Pick<Store, 'commit' | 'load' | 'reader'>>): (store: Store) => Store {
  return (store) => ({
    queueId: store.queueId,
    epoch: store.epoch,
    reader: lies.reader ?? store.reader,
    load: lies.load ?? (() => store.load()),
    commit: lies.commit ?? ((commit) => store.commit(commit)),
    reopen: () => store.reopen(),
    prune: (prune) => store.prune(prune),
    close: () => store.close(),
  });
}

function onCommit(change: (commit: Commit) => void): Tampering {
  return {
    store: (store) =>
      lyingStore({
        commit: (commit) => {
          change(commit);
          return store.commit(commit);
        },
      })(store),
  };
}

/** Of a program that starts again; a rebuild after a failed commit reads the truth. */
function onRestart(change: (snapshot: Snapshot) => void): Tampering {
  return {
    store: (store, start) => {
      let isFirst = start > 1;
      return lyingStore({
        load: async () => {
          const snapshot = await store.load();
          if (isFirst) change(snapshot);
          isFirst = false;
          return snapshot;
        },
      })(store);
    },
  };
}

type Apply = Core['apply'];

/** The core hears something else than what happened, or does something else about it. */
function onApply(make: (core: Core, apply: Apply, event: CoreEvent) => ReturnType<Apply>): Tampering {
  return {
    install: () => {
      const { apply } = Core.prototype;
      Core.prototype.apply = function (this: Core, event) {
        return make(this, apply.bind(this), event);
      };
      return () => {
        Core.prototype.apply = apply;
      };
    },
  };
}

type Retries = NonNullable<NonNullable<RunningJob['rules']>['retries']>;

/** What a running job knows of its retries is wrong. */
function withRetries(change: (retries: Retries) => Retries): Tampering {
  return onApply((core, apply, event) => {
    const job = 'jobId' in event ? core.running(event.jobId) : undefined;
    const before = job?.rules;
    if (job && before?.retries) job.rules = { ...before, retries: change(before.retries) };
    const applied = apply(event);
    if (job && before) job.rules = before;
    return applied;
  });
}

/** The conditions of a new job are not what its caller asked for. */
function withConditions(change: (event: Extract<CoreEvent, { kind: 'job_submitted' }>) => CoreEvent): Tampering {
  return onApply((_core, apply, event) => apply(event.kind === 'job_submitted' ? change(event) : event));
}

/** Of keys that an earlier life of the program wrote nothing is known any more. */
function forgetfulOfKeys(): Tampering {
  return {
    store: (store) => {
      const written = new Set<string>();
      const reader = new Proxy(store.reader, {
        get: (target, name) => {
          const member: unknown = Reflect.get(target, name);
          if (typeof member !== 'function') return member;
          if (name !== 'idempotency') return member.bind(target) as unknown;
          return (keys: string[]) => target.idempotency(keys.filter((key) => written.has(key)));
        },
      });
      const commit: Store['commit'] = (commit) => {
        for (const { key } of commit.idempotency) written.add(key);
        return store.commit(commit);
      };
      return lyingStore({ reader, commit })(store);
    },
  };
}

function saysMissing(event: CoreEvent): event is CoreEvent & { jobId: string } {
  return event.kind === 'workload_missing' || (event.kind === 'delete_answered' && event.outcome === 'missing');
}

/** The queue gives out its oldest entry, as a Map would. */
function orderedAsAMap(): Tampering {
  return {
    install: () => {
      const { pop } = PriorityQueue.prototype;
      PriorityQueue.prototype.pop = function (this: PriorityQueue) {
        const [first, ...others] = this.entries();
        const oldest = others.reduce((a, b) => (a && b.sequence < a.sequence ? b : a), first);
        if (oldest) this.remove(oldest.id);
        return oldest;
      };
      return () => {
        PriorityQueue.prototype.pop = pop;
      };
    },
  };
}

function lyingCluster(lies: (cluster: Cluster) => Partial<Cluster>): Tampering {
  return {
    cluster: (cluster) => ({
      create: cluster.create.bind(cluster),
      get: cluster.get.bind(cluster),
      delete: cluster.delete.bind(cluster),
      patch: cluster.patch.bind(cluster),
      list: cluster.list.bind(cluster),
      watch: cluster.watch.bind(cluster),
      ping: cluster.ping.bind(cluster),
      close: cluster.close.bind(cluster),
      ...lies(cluster),
    }),
  };
}

function onCreate(lie: Lie<KubernetesObject>): Tampering {
  return lyingCluster((cluster) => ({
    create: async (resource, object, options) => lie(await cluster.create(resource, object, options)),
  }));
}

function onDelete(lie: Lie<undefined>): Tampering {
  return lyingCluster((cluster) => ({
    delete: async (resource, namespace, name, options) => lie(await cluster.delete(resource, namespace, name, options)),
  }));
}

function onGet(lie: Lie<KubernetesObject>): Tampering {
  return lyingCluster((cluster) => ({
    get: async (resource, namespace, name) => lie(await cluster.get(resource, namespace, name)),
  }));
}

/** Every third create gets another name than the attempt's. */
function renaming(): Tampering {
  let creates = 0;
  return lyingCluster((cluster) => ({
    create: (resource, object, options) => {
      creates += 1;
      const name = creates % 3 === 0 ? `${object.metadata.name}-${creates}` : object.metadata.name;
      return cluster.create(resource, { ...object, metadata: { ...object.metadata, name } }, options);
    },
  }));
}

/** Reads of one resource show nothing. */
function blindTo(plural: string): Tampering {
  return lyingCluster((cluster) => ({
    list: async (resource, options) => {
      const answer = await cluster.list(resource, options);
      if (resource.plural !== plural || answer.outcome !== 'ok') return answer;
      return { outcome: 'ok', value: { ...answer.value, items: [] } };
    },
    watch: (resource, options) =>
      cluster.watch(resource, resource.plural === plural ? { ...options, labelSelector: 'nobody=here' } : options),
  }));
}

/** The n-th call and every n-th after it is never answered. */
function neverAnswering(every: number): Tampering {
  let calls = 0;
  return lyingCluster((cluster) => ({
    create: (resource: Resource, object: KubernetesObject, options?: { dryRun?: boolean }) => {
      calls += 1;
      return calls % every === 0 ? new Promise(() => {}) : cluster.create(resource, object, options);
    },
  }));
}

/** A stream that says 410 is taken for one that ended, and continued where it was. */
function ignoringExpiry(): Tampering {
  return lyingCluster((cluster) => ({
    watch: async function* (resource, options) {
      for await (const event of cluster.watch(resource, options)) if (event.type !== 'ERROR') yield event;
    },
  }));
}

/** The cap of the first start is kept for ever. */
function deafToANewCap(): Tampering {
  let first: number | undefined;
  return {
    settings: (settings) => {
      first ??= settings.maxConcurrency;
      return { ...settings, maxConcurrency: first };
    },
  };
}

const madeUp: Lie<KubernetesObject> = (truth) =>
  truth.outcome === 'unknown'
    ? { outcome: 'ok', value: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x', uid: 'made-up' } } }
    : truth;

const isMap = ({ kind }: Resource): boolean => kind === 'ConfigMap';

/** What is created of a result, or instead of it. */
function onResults(make: (cluster: Pick<Cluster, 'create'>) => Cluster['create']): Tampering {
  return lyingCluster((cluster) => {
    const create: Cluster['create'] = (resource, object, options) => cluster.create(resource, object, options);
    const instead = make({ create });
    return {
      create: (resource, object, options) =>
        ['ConfigMap', 'Event'].includes(resource.kind)
          ? instead(resource, object, options)
          : create(resource, object, options),
    };
  });
}

export const plantedBugs: PlantedBug[] = [
  {
    name: 'a submission is acknowledged before its commit is durable',
    plant: () => ({
      store: (store) =>
        lyingStore({
          commit: (commit) => {
            void store.commit(commit).catch(() => undefined);
            return Promise.resolve({ firstEventId: 1 });
          },
        })(store),
    }),
  },
  {
    name: 'one job of a large turn is not written',
    plant: () =>
      onCommit((commit) => {
        if (commit.inserts.length > 1) commit.inserts.pop();
      }),
  },
  {
    name: 'a start is not written',
    plant: () =>
      onCommit((commit) => {
        commit.attempts = commit.attempts.filter(({ attempt }) => attempt.dispatchSequence % 5 !== 0);
        commit.attemptChanges = commit.attemptChanges.filter(({ jobId }) => jobId === '');
      }),
  },
  {
    name: 'the end of every seventh job is not written',
    plant: () => {
      let ends = 0;
      return onCommit((commit) => {
        for (const change of commit.jobChanges) {
          if (change.set.state !== 'succeeded') continue;
          ends += 1;
          if (ends % 7 === 0) change.set = {};
        }
      });
    },
  },
  {
    name: 'a restart forgets a slot',
    onlyAfter: 'a crash',
    plant: () => onRestart((snapshot) => void snapshot.running.pop()),
  },
  {
    name: 'a restart forgets a pending job',
    onlyAfter: 'a crash',
    plant: () =>
      onRestart(({ pending }) => {
        if (pending.count > 0) pending.count -= 1;
      }),
  },
  {
    name: 'a restart forgets priorities',
    onlyAfter: 'a crash',
    plant: () => onRestart(({ pending }) => void pending.priorities.fill(0)),
  },
  {
    name: 'a restart forgets who came first',
    onlyAfter: 'a crash',
    plant: () =>
      onRestart(({ pending }) => {
        const ids = Buffer.from(pending.ids);
        for (let index = 0; index < pending.count; index += 1) {
          const from = 16 * (pending.count - 1 - index);
          ids.copy(pending.ids, 16 * index, from, from + 16);
        }
        pending.priorities.subarray(0, pending.count).reverse();
      }),
  },
  {
    name: 'a restart counts dispatches from the start',
    onlyAfter: 'a crash',
    plant: () =>
      onRestart((snapshot) => {
        snapshot.lastDispatchSequence = 0;
      }),
  },
  {
    name: 'a restart takes a create without a known answer for made',
    onlyAfter: 'a crash',
    plant: () =>
      onRestart((snapshot) => {
        for (const { attempt } of snapshot.running) attempt.creation = 'made';
      }),
  },
  { name: 'a lost answer to a create counts as made', plant: () => onCreate(madeUp) },
  {
    name: 'a lost answer to a create counts as refused',
    plant: () => onCreate((truth) => (truth.outcome === 'unknown' ? refusedWith(422) : truth)),
  },
  {
    name: 'too many requests count as refused for good',
    plant: () => onCreate((truth) => (truth.outcome === 'refused' && truth.status === 429 ? refusedWith(422) : truth)),
  },
  {
    name: 'a full quota counts as refused for good',
    plant: () => onCreate((truth) => (truth.outcome === 'refused' && truth.status === 403 ? refusedWith(403) : truth)),
  },
  { name: 'a create is tried again under another name', plant: () => renaming() },
  {
    name: 'a lost answer to a read counts as “not there”',
    plant: () => onGet((truth) => (truth.outcome === 'unknown' ? refusedWith(404) : truth)),
  },
  {
    name: 'a deletion that was accepted counts as done',
    plant: () => onDelete((truth) => (truth.outcome === 'ok' ? refusedWith(404) : truth)),
  },
  {
    name: 'a lost answer to a deletion counts as done',
    plant: () => onDelete((truth) => (truth.outcome === 'unknown' ? refusedWith(404) : truth)),
  },
  {
    name: 'a finished workload is cleaned up though a create of it may still land',
    onlyAfter: 'a reordering',
    plant: () =>
      onCommit((commit) => {
        for (const { set } of commit.attemptChanges)
          if (set.cleanupAt && set.finishedAt) set.cleanupAt = set.finishedAt;
      }),
  },
  { name: 'the watch of pods shows nothing', plant: () => blindTo('pods') },
  { name: 'a call is never answered and nobody notices', plant: () => neverAnswering(9) },
  {
    name: 'a restart forgets that a cancel was asked for',
    onlyAfter: 'a crash',
    plant: () =>
      onRestart((snapshot) => {
        for (const { attempt } of snapshot.running) delete attempt.cancelRequestedAt;
      }),
  },
  { name: 'a restart keeps the cap of the first start', onlyAfter: 'a crash', plant: () => deafToANewCap() },
  { name: 'a 410 is ignored', plant: () => ignoringExpiry() },
  { name: 'jobs run in the order of a Map', plant: () => orderedAsAMap() },
  {
    name: 'one more than the cap may run',
    plant: () => ({ settings: (settings) => ({ ...settings, maxConcurrency: settings.maxConcurrency + 1 }) }),
  },
  {
    name: 'a position counts the job itself',
    plant: () =>
      onApply((_core, apply, event) => {
        const applied = apply(event);
        if (!applied.ok || !applied.accepted) return applied;
        return { ok: true, accepted: { ...applied.accepted, position: applied.accepted.position + 1 } };
      }),
  },
  {
    name: 'a timeout of a create counts as surely not made',
    plant: () =>
      onApply((_core, apply, event) =>
        apply(event.kind === 'create_unknown' ? { ...event, surelyNotMade: true } : event),
      ),
  },
  {
    name: 'the slot of a cancelled job is free while a lost create of it may still land',
    onlyAfter: 'a reordering',
    plant: () =>
      onApply((core, apply, event) => {
        const job = saysMissing(event) ? core.running(event.jobId) : undefined;
        if (job) delete job.unknownAt;
        return apply(event);
      }),
  },
  {
    name: 'a cancel deletes before the create that is on its way was answered',
    onlyAfter: 'a reordering',
    plant: () =>
      onApply((core, apply, event) => {
        const job = event.kind === 'cancel_requested' ? core.running(event.jobId) : undefined;
        if (job?.call === 'create') job.call = 'none';
        return apply(event);
      }),
  },
  {
    name: 'a cancelled job’s slot does not outlive its pods',
    plant: () =>
      lyingCluster((cluster) => ({
        delete: (resource, namespace, name, options) =>
          cluster.delete(resource, namespace, name, { ...options, propagation: 'background' }),
      })),
  },
  {
    name: 'a cancel frees the slot at once',
    plant: () =>
      onApply((core, apply, event) => {
        const applied = apply(event);
        if (event.kind !== 'cancel_requested' || !core.running(event.jobId)) return applied;
        const { attempt } = core.running(event.jobId) ?? { attempt: 1 };
        return apply({ kind: 'workload_missing', at: event.at, jobId: event.jobId, attempt });
      }),
  },
  {
    name: 'a quota refusal keeps the slot',
    plant: () => {
      let kept = 0;
      let last: Core | undefined;
      return onApply((core, apply, event) => {
        const job =
          event.kind === 'create_refused' && event.refusal === 'quota' ? core.running(event.jobId) : undefined;
        const applied = apply(event);
        const isRefused = job !== undefined && core.isPending(job.jobId);
        // A restart or a new cap gives none of them back.
        const isAnew = core !== last || (event.kind === 'settings_changed' && event.maxConcurrency !== undefined);
        if (isAnew) core.state.settings.maxConcurrency -= kept;
        if (isRefused) core.state.settings.maxConcurrency -= 1;
        kept += isRefused ? 1 : 0;
        last = core;
        return applied;
      });
    },
  },
  {
    name: 'a restart forgets that a job is held',
    onlyAfter: 'a crash',
    plant: () =>
      onRestart(({ waiting }) => {
        for (const job of waiting) job.held = false;
      }),
  },
  {
    name: 'a restart forgets what a job waits for',
    onlyAfter: 'a crash',
    plant: () =>
      onRestart(({ waiting }) => {
        for (const job of waiting) job.waitsFor = [];
      }),
  },
  {
    name: 'a restart forgets that the queue is paused',
    onlyAfter: 'a crash',
    plant: () => onRestart(({ settings }) => void delete settings.paused),
  },
  {
    name: 'a restart forgets the cap that was set meanwhile',
    onlyAfter: 'a crash',
    plant: () => onRestart(({ settings }) => void delete settings.maxConcurrency),
  },
  {
    name: 'a restart forgets the attempts that a job had',
    onlyAfter: 'a crash',
    plant: () => onRestart((snapshot) => void snapshot.attempts.splice(0)),
  },
  { name: 'a restart forgets the keys', onlyAfter: 'a crash', plant: () => forgetfulOfKeys() },
  {
    name: 'a scheduled job runs at once',
    plant: () => withConditions(({ startAt: _forgotten, ...event }) => event),
  },
  {
    name: 'a dependency is met however the other job ended',
    plant: () =>
      withConditions((event) =>
        event.after ? { ...event, after: event.after.map((other) => ({ ...other, on: 'finish' })) } : event,
      ),
  },
  {
    name: 'a job may expire though it had a workload',
    plant: () =>
      onApply((core, apply, event) => {
        const expiresAt = event.kind === 'create_made' ? core.state.expiries.get(event.jobId) : undefined;
        const applied = apply(event);
        if (event.kind === 'create_made' && expiresAt !== undefined) {
          core.state.expiries.set(event.jobId, expiresAt);
          core.state.timers.add(expiresAt, event.jobId);
        }
        return applied;
      }),
  },
  {
    name: 'one retry more than allowed',
    plant: () => withRetries((retries) => ({ ...retries, max: retries.max + 1 })),
  },
  {
    name: 'a retry does not wait for its backoff',
    plant: () => withRetries((retries) => ({ ...retries, backoffMs: 0 })),
  },
  {
    name: 'every failure is retried, whatever its cause',
    plant: () =>
      withRetries((retries) => ({ ...retries, on: ['failed', 'timeout', 'deleted', 'node_lost', 'create_refused'] })),
  },
  {
    name: 'a timeout is left to the cluster',
    plant: () =>
      onApply((core, apply, event) => {
        if (event.kind === 'timer_fired') for (const job of core.state.running.values()) delete job.madeAt;
        return apply(event);
      }),
  },
  {
    name: 'a pause lasts only until the next dispatch',
    plant: () =>
      onApply((core, apply, event) => {
        if (event.kind === 'workload_observed') core.state.paused = false;
        return apply(event);
      }),
  },
  {
    name: 'a Job whose result was not saved is taken for one whose result was',
    plant: () =>
      onResults(
        ({ create }) =>
          (resource, object) =>
            isMap(resource) ? Promise.resolve({ outcome: 'ok', value: object }) : create(resource, object),
      ),
  },
  {
    name: 'a result is written anew when it is there already',
    plant: () =>
      lyingCluster((cluster) => ({
        get: (resource, namespace, name) =>
          isMap(resource) ? Promise.resolve(refusedWith(404)) : cluster.get(resource, namespace, name),
        create: async (resource, object) => {
          const { namespace = '', name } = object.metadata;
          if (isMap(resource)) await cluster.delete(resource, namespace, name, { propagation: 'background' });
          return cluster.create(resource, object);
        },
      })),
  },
  {
    name: 'the event of a result has a new name each time',
    plant: () => {
      let told = 0;
      return onResults(({ create }) => (resource, object) => {
        told += 1;
        const name = `${object.metadata.name}.${told}`;
        const isEvent = resource.kind === 'Event';
        return create(resource, isEvent ? { ...object, metadata: { ...object.metadata, name } } : object);
      });
    },
  },
  {
    name: 'the result of a later attempt is that of the first',
    plant: () =>
      onResults(({ create }) => (resource, object) => {
        if (!isMap(resource)) return create(resource, object);
        const { data } = object as { data?: Record<string, string> };
        return create(resource, { ...object, data: { ...data, attempt: '1' } } as KubernetesObject);
      }),
  },
  {
    name: 'a job that gives way frees its slot before its workload is gone',
    plant: () =>
      onApply((core, apply, event) => {
        const applied = apply(event);
        if (event.kind !== 'give_way_requested' || core.running(event.jobId)?.ending?.state !== 'gave_way')
          return applied;
        return apply({ kind: 'workload_missing', at: event.at, jobId: event.jobId, attempt: event.attempt });
      }),
  },
  {
    name: 'a restart forgets that a job is to give way',
    onlyAfter: 'a crash',
    plant: () =>
      onRestart((snapshot) => {
        for (const { attempt } of snapshot.running) delete attempt.giveWay;
      }),
  },
  {
    name: 'giving way counts as a retry',
    plant: () =>
      onApply((core, apply, event) => {
        const job = 'jobId' in event ? core.running(event.jobId) : undefined;
        const before = job?.rules;
        const isToGiveWay = event.kind === 'give_way_requested' || job?.ending?.state === 'gave_way';
        const isForgotten = job !== undefined && !isToGiveWay && before?.gaveWayTimes !== undefined;
        if (isForgotten) job.rules = { ...before, gaveWayTimes: 0 };
        const applied = apply(event);
        if (isForgotten) job.rules = before;
        return applied;
      }),
  },
  {
    name: 'a job that gives way fails when its workload is gone',
    plant: () =>
      onApply((core, apply, event) => {
        const job = saysMissing(event) ? core.running(event.jobId) : undefined;
        if (job?.ending?.state === 'gave_way') job.ending = { state: 'failed', reason: 'workload_deleted' };
        return apply(event);
      }),
  },
  {
    name: 'a job that gave way does not wait before it runs again',
    plant: () =>
      onApply((core, apply, event) => {
        const job = saysMissing(event) ? core.running(event.jobId) : undefined;
        const gives = job?.ending?.state === 'gave_way';
        const applied = apply(event);
        const waiting = job && gives ? core.state.waiting.get(job.jobId) : undefined;
        if (!waiting) return applied;
        waiting.startAt = event.at;
        core.state.timers.add(event.at, waiting.jobId);
        return applied;
      }),
  },
];
