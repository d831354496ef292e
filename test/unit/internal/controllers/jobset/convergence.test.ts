// From any state that can be reached, on caches as stale as they get, beside others who write the JobSet and its status, with
// answers that are lost and a controller that is started again: the passes converge, the end stays as it is, no Job is made
// twice or for an attempt that is over, none is deleted twice or out of the current attempt of an unfinished JobSet,
// `restarts` goes up by one for each attempt that failed, no version is written over that nobody had read, and none is taken
// for news that was written here.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../../pkg/kubernetes/cluster.ts';
import type { JobSetSpec, JobSetStatus, ReplicatedJob, Toleration } from '../../../../../pkg/models/index.ts';
import { aJobSetObject, aReplicatedJob } from '../../../../support/jobset-builders.ts';
import { JobSetWorld } from '../../../../support/jobset-world.ts';
import type { Write } from '../../../../support/memory-api-server.ts';

type Action =
  | { do: 'start' | 'ready' | 'fail' | 'complete' | 'delete' | 'tolerate'; job: number }
  | { do: 'suspend'; value: boolean }
  | { do: 'hold'; plural: 'jobs' | 'jobsets' }
  | { do: 'trickle'; count: number }
  | { do: 'touch' | 'judge' | 'release' | 'collect' | 'wait' | 'restart' | 'lose_answers' };

const attemptLabel = 'jobset.sigs.k8s.io/restart-attempt';

const specs: fc.Arbitrary<JobSetSpec> = fc
  .record(
    {
      replicas: fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 3 })),
      order: fc.constantFrom('any', 'in_order', 'ready', 'complete'),
      maxRestarts: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
      blocking: fc.boolean(),
      ignoresMax: fc.boolean(),
      any: fc.boolean(),
      suspend: fc.boolean(),
    },
    { noNullPrototype: true },
  )
  .map(({ replicas: [a, b], order, maxRestarts, blocking, ignoresMax, any, suspend }) => {
    const status = order === 'ready' ? 'Ready' : 'Complete';
    const dependsOn = order === 'ready' || order === 'complete' ? { dependsOn: [{ name: 'a', status } as const] } : {};
    return {
      replicatedJobs: [aReplicatedJob('a', a), aReplicatedJob('b', b, dependsOn)],
      suspend,
      ...(order === 'in_order' ? { startupPolicy: { startupPolicyOrder: 'InOrder' } } : {}),
      ...(any ? { successPolicy: { operator: 'Any' } } : {}),
      ...(maxRestarts === undefined
        ? {}
        : {
            failurePolicy: {
              maxRestarts,
              restartStrategy: blocking ? 'BlockingRecreate' : 'Recreate',
              rules: ignoresMax ? [{ action: 'RestartJobSetAndIgnoreMaxRestarts', targetReplicatedJobs: ['a'] }] : [],
            },
          }),
    } satisfies JobSetSpec;
  });

const job = fc.nat({ max: 5 });
const held = fc.subarray(['jobs', 'jobsets']);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('start', 'ready', 'complete', 'delete', 'tolerate'), job }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fail' as const), job }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('suspend' as const), value: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('hold' as const), plural: fc.constantFrom('jobs', 'jobsets') }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('trickle' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('touch', 'judge', 'release', 'collect', 'wait', 'restart', 'lose_answers'),
    }),
  },
) as fc.Arbitrary<Action>;
const actions = fc.array(
  fc.tuple(action, fc.boolean()).map(([one, settles]) => ({ ...one, settles })),
  { maxLength: 50 },
);

/** Found rarely: a suspended Job is changed by somebody else, and resumed before the watch told of it. */
const rarely: [JobSetSpec, string[], Array<Action & { settles: boolean }>] = [
  { replicatedJobs: [aReplicatedJob('a')], suspend: true },
  ['jobs'],
  [
    { do: 'tolerate', job: 0, settles: true },
    { do: 'suspend', value: false, settles: true },
  ],
];

/** What is forbidden at the moment of a write. */
class Watchman {
  readonly world = new JobSetWorld();
  readonly wrongs: string[] = [];
  /** Conditions that others put into the status. */
  readonly verdicts: string[] = [];
  /** What others added to which Jobs. */
  readonly tolerated: Array<{ uid: string | undefined; key: string }> = [];
  readonly #failedAttempts = new Set<number>();
  /** How many writes of the program were before each write of others to the JobSet. */
  readonly #foreign: number[] = [];
  #losesAnswers = false;

  constructor() {
    const { server } = this.world;
    server.refuses = (verb, { plural }, name) => {
      if (verb === 'delete' && plural === 'jobs') this.#judgeDeletion(name);
      return undefined;
    };
  }

  async act(action: Action): Promise<void> {
    const { world } = this;
    const { server } = world;
    switch (action.do) {
      case 'hold':
        return server.hold(action.plural);
      case 'touch':
        return this.#change(touched);
      case 'judge':
        return this.#judge();
      case 'trickle':
        return server.trickle(action.count);
      case 'release':
      case 'collect':
        return server[action.do]();
      case 'wait':
        return world.clock.advance(15_000);
      case 'lose_answers':
        return this.#loseAnswers();
      case 'restart':
        await world.stop();
        return world.start();
      case 'suspend':
        return this.#change((set) => suspendedOr(set, action.value));
      case 'start':
      case 'ready':
      case 'fail':
      case 'complete':
      case 'delete':
      case 'tolerate':
        return this.#toJob(action.do, world.jobs[action.job % Math.max(1, world.jobs.length)]);
    }
  }

  judgeWrites(): void {
    let restarts = 0;
    let isNews = false;
    for (const [index, write] of this.world.server.writes.entries()) {
      isNews ||= this.#foreign.includes(index);
      if (write.plural === 'jobs') this.#judgeJobWrite(write, restarts);
      if (write.verb !== 'patch_status' || write.plural !== 'jobsets') continue;
      if (write.outcome === 'Conflict' && !isNews) this.wrongs.push('its own write was news to the program');
      isNews = false;
      if (write.after) restarts = this.#judgeRestarts(restarts, (write.after.status as JobSetStatus).restarts ?? 0);
    }
  }

  /** All of it is there still. */
  judgeWhatOthersWrote(): void {
    const types = this.world.status().conditions?.map(({ type }) => type) ?? [];
    expect(types).toEqual(expect.arrayContaining(this.verdicts));
    for (const job of this.world.server.all('jobs')) {
      const keys = this.tolerated.filter(({ uid }) => uid === job.metadata.uid).map(({ key }) => ({ key }));
      expect(tolerationsOf(job)).toEqual(expect.arrayContaining(keys));
    }
  }

  #judgeJobWrite({ verb, outcome, before, after }: Write, restarts: number): void {
    if (!this.#losesAnswers && verb === 'create' && outcome === 'AlreadyExists')
      this.wrongs.push('a Job was made twice');
    if (verb === 'create' && after && attemptOf(after) !== restarts)
      this.wrongs.push(`a Job was made for attempt ${attemptOf(after)} while it was ${restarts}`);
    if (verb === 'delete' && before?.metadata.deletionTimestamp) this.wrongs.push('a Job was deleted twice');
  }

  #judgeRestarts(before: number, now: number): number {
    if (now !== before && now !== before + 1) this.wrongs.push(`restarts went from ${before} to ${now}`);
    if (now === before + 1 && !this.#failedAttempts.has(before)) this.wrongs.push(`attempt ${before} did not fail`);
    return now;
  }

  /** Somebody else does it. */
  #change(change: (set: KubernetesObject) => KubernetesObject): void {
    const { server } = this.world;
    this.#foreign.push(server.writes.length);
    server.change('jobsets', 'set', change);
  }

  /** Another controller has something to say about the JobSet. */
  #judge(): void {
    const type = `Verdict${this.verdicts.length}`;
    this.verdicts.push(type);
    const condition = { type, status: 'True', reason: 'Seen', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' };
    this.#change((set) => {
      const { conditions = [] } = (set.status ?? {}) as JobSetStatus;
      return { ...set, status: { ...set.status, conditions: [...conditions, condition] } };
    });
  }

  /** Another controller adds to the template of a suspended Job. */
  #tolerate(name: string): void {
    const key = `key${this.tolerated.length}`;
    this.world.server.change('jobs', name, (job) => {
      this.tolerated.push({ uid: job.metadata.uid, key });
      const template = { spec: { tolerations: [...tolerationsOf(job), { key }] } };
      return { ...job, spec: { ...job.spec, template } };
    });
  }

  #toJob(what: Extract<Action, { job: number }>['do'], name: string | undefined): void {
    const found = name === undefined ? undefined : this.world.server.find('jobs', name);
    if (what === 'tolerate' && found?.spec?.suspend === true) this.#tolerate(found.metadata.name);
    if (!found || name === undefined || found.spec?.suspend === true || isOver(found.status)) return;
    if (what === 'start') this.world.setJob(name, { active: 1, startTime: '2026-01-01T00:00:00Z' });
    if (what === 'ready') this.world.setJob(name, { active: 1, ready: 1 });
    if (what === 'complete') this.world.endJob(name, 'Complete');
    if (what === 'delete') this.world.server.remove('jobs', name);
    if (what !== 'fail') return;
    this.#failedAttempts.add(attemptOf(found));
    this.world.endJob(name, 'Failed');
  }

  #judgeDeletion(name: string): void {
    const { restarts = 0, conditions = [] } = this.world.status();
    const isFinished = conditions.some(
      ({ type, status }) => status === 'True' && (type === 'Completed' || type === 'Failed'),
    );
    const found = this.world.server.find('jobs', name);
    if (found && !isFinished && attemptOf(found) >= restarts)
      this.wrongs.push(`${name} of the current attempt was deleted`);
  }

  /** The next writes are carried out, and nobody hears of it. */
  #loseAnswers(): void {
    this.#losesAnswers = true;
    this.world.loseNextAnswers(2);
  }
}

function attemptOf({ metadata }: KubernetesObject): number {
  return Number(metadata.labels?.[attemptLabel]);
}

function tolerationsOf({ spec }: KubernetesObject): Toleration[] {
  const { template } = (spec ?? {}) as { template?: { spec?: { tolerations?: Toleration[] } } };
  return template?.spec?.tolerations ?? [];
}

/** Resumed with something new for the pods of its first Jobs. */
function suspendedOr(set: KubernetesObject, suspend: boolean): KubernetesObject {
  const [first, ...others] = (set.spec as JobSetSpec).replicatedJobs ?? [];
  const changed = structuredClone(first as ReplicatedJob);
  changed.template.spec.template.spec = { tolerations: [{ key: 'resumed' }] };
  return { ...set, spec: { ...set.spec, suspend, replicatedJobs: [changed, ...others] } };
}

function touched(object: KubernetesObject): KubernetesObject {
  const times = Number(object.metadata.labels?.touched ?? 0) + 1;
  return { ...object, metadata: { ...object.metadata, labels: { touched: String(times) } } };
}

function isOver(status: Record<string, unknown> | undefined): boolean {
  return Array.isArray(status?.conditions) && status.conditions.length > 0;
}

it('reconcile converges, is idempotent, and never doubles, skips or deletes what counts', async () => {
  await fc.assert(
    fc.asyncProperty(specs, held, actions, async (spec, heldAtFirst, list) => {
      const watchman = new Watchman();
      const { world } = watchman;
      world.server.put('jobsets', aJobSetObject({ spec }));
      world.server.hold(...heldAtFirst);
      await world.start();
      for (const { settles, ...action } of list) {
        await watchman.act(action);
        if (settles) await world.settle();
      }
      world.server.release();
      for (let round = 0; round < 8; round += 1) {
        world.server.collect();
        await world.clock.advance(40_000);
      }
      const before = world.server.writes.length;
      await world.clock.advance(120_000);
      const later = world.server.writes.slice(before);
      await world.stop();
      watchman.judgeWrites();
      expect(watchman.wrongs).toEqual([]);
      expect(later).toEqual([]);
      watchman.judgeWhatOthersWrote();
      judgeEnd(world, spec);
    }),
    { numRuns: 800, examples: [rarely] },
  );
}, 120_000);

/** Every Job that is there is of the current attempt, and after the end none runs. */
function judgeEnd(world: JobSetWorld, spec: JobSetSpec): void {
  const { restarts = 0, terminalState } = world.status();
  for (const { metadata, status, spec: own } of world.server.all('jobs')) {
    if (terminalState) expect(isOver(status), `${metadata.name} runs after the end`).toBe(true);
    else expect(metadata.labels?.[attemptLabel]).toBe(String(restarts));
    const suspended = world.server.find('jobsets', 'set')?.spec?.suspend;
    if (!terminalState && !isOver(status) && suspended === true) expect(own?.suspend).toBe(true);
  }
  const free = !spec.startupPolicy && !spec.replicatedJobs?.some(({ dependsOn }) => dependsOn);
  const wanted = (spec.replicatedJobs ?? []).reduce((sum, { replicas = 1 }) => sum + replicas, 0);
  if (!terminalState && free) expect(world.jobs).toHaveLength(wanted);
}
