// Runs JobSets: watches them, their Jobs and their Services, and for each JobSet that something happened to reads afresh,
// reconciles and carries out the plan. Only keys travel. Nothing is decided before everything was listed once, and whatever
// was refused or left unanswered comes back after a pause.
import { isDeepStrictEqual } from 'node:util';
import { isNotFound } from '../../../pkg/kubernetes/answers.ts';
import { jobsResource } from '../../../pkg/kubernetes/cluster.ts';
import { jobSetsResource } from '../../../pkg/kubernetes/jobset-installation.ts';
import type { WatchDeps } from '../scopes.ts';
import { type LookAgain, type Retry, WorkQueue } from '../work-queue.ts';
import { Caches } from './caches.ts';
import { carryOut, type Failed } from './carry-out.ts';
import type { ChildJob } from './child-jobs.ts';
import { childJob } from './child-jobs.ts';
import { FinishedCount } from './finished-count.ts';
import { inParallel } from './in-parallel.ts';
import { OwnWrites, unseenMs } from './own-writes.ts';
import type { Plan } from './plan.ts';
import { Priorities } from './priorities.ts';
import { isManagedByOthers, reconcile } from './reconcile.ts';
import { type JobSetRecord, jobSetRecord } from './records.ts';

export interface JobSetControllerDeps extends WatchDeps {
  /** JobSets at once. */
  concurrency?: number;
  /** Calls for one JobSet at once. */
  callsAtOnce?: number;
}

const usualConcurrency = 10;
const usualCallsAtOnce = 50;
/** Of one key in a row, each after somebody else changed its status. */
const mostPasses = 5;
/** Counts change often, and nobody waits for them; Jobs of one JobSet often succeed together, and go together in a restart. */
const restMs = { counts: 200, success: 100, gone: 50 } as const;

/** Of what could not be made; doubled each time. */
const [firstPauseMs, longestPauseMs] = [500, 30_000];

interface Pause {
  pauseMs: number;
  untilMs: number;
}

export class JobSetController {
  readonly #deps: JobSetControllerDeps;
  readonly #caches: Caches;
  readonly #queue: WorkQueue;
  readonly #writes = new OwnWrites();
  readonly #priorities: Priorities;
  readonly #finished: FinishedCount;
  /** When what changed is looked at. */
  readonly #resting = new Map<string, number>();
  /** JobSets of which something could not be made, which is not tried again before. */
  readonly #unmade = new Map<string, Pause>();
  #stopped = false;

  constructor(deps: JobSetControllerDeps) {
    this.#deps = deps;
    const { clock, random, logger, metrics, concurrency = usualConcurrency } = deps;
    this.#priorities = new Priorities(deps);
    this.#finished = new FinishedCount(metrics);
    const process = (key: string): Promise<Retry | LookAgain | undefined> => this.#process(key);
    this.#queue = new WorkQueue({ name: 'jobset', clock, random, logger, metrics, concurrency, process });
    this.#caches = new Caches(deps, {
      jobSet: (key, previous, next) => this.#jobSetSeen(key, previous, next),
      job: (previous, next) => this.#jobSeen(previous, next),
      service: (key, previous, next) => this.#serviceSeen(key, next ? undefined : previous?.owner),
      synced: () => this.#queue.start(),
    });
  }

  start(): void {
    this.#caches.start();
  }

  /** Resolves when no call is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([this.#queue.stop(), this.#caches.stop()]);
  }

  #jobSetSeen(key: string, previous: JobSetRecord | undefined, next: JobSetRecord | undefined): void {
    this.#writes.jobSetSeen(key, next, previous);
    if (previous?.uid !== next?.uid) this.#unmade.delete(key);
    if (next) this.#queue.add(key);
  }

  #jobSeen(previous: ChildJob | undefined, next: ChildJob | undefined): void {
    this.#writes.jobSeen(previous, next);
    const job = next ?? previous;
    if (!job) return;
    const key = `${job.namespace}/${job.owner.name}`;
    const kind = changeOf(previous, next);
    if (kind === 'none') return;
    if (kind === 'other') this.#queue.add(key);
    else this.#afterRest(key, restMs[kind]);
  }

  /** `bereft`: the JobSet that has to make it again. */
  #serviceSeen(key: string, bereft: string | undefined): void {
    this.#writes.serviceSeen(key);
    if (bereft) this.#queue.add(bereft);
  }

  #afterRest(key: string, delayMs: number): void {
    const { clock } = this.#deps;
    const dueMs = clock.now() + delayMs;
    if (dueMs >= (this.#resting.get(key) ?? Number.POSITIVE_INFINITY)) return;
    this.#resting.set(key, dueMs);
    clock.schedule(delayMs, () => {
      if (this.#resting.get(key) !== dueMs) return;
      this.#resting.delete(key);
      if (!this.#stopped) this.#queue.add(key);
    });
  }

  async #process(key: string): Promise<Retry | LookAgain | undefined> {
    for (let pass = 0; pass < mostPasses && !this.#stopped; pass += 1) {
      const jobSet = this.#writes.jobSet(key, this.#caches.jobSet(key));
      if (jobSet === undefined || jobSet.deleting || isManagedByOthers(jobSet)) return undefined;
      const plan = this.#withoutUnmade(key, await this.#plan(jobSet));
      const carried = await carryOut(this.#carryOutDeps(), jobSet, plan);
      if (carried.outcome === 'failed') return this.#later(key, carried);
      if (carried.outcome === 'done') return this.#next(key, jobSet, plan);
      if (!(await this.#readAgain(key, jobSet))) break;
    }
    return { retry: true };
  }

  async #plan(jobSet: JobSetRecord): Promise<Plan> {
    const { clock } = this.#deps;
    await this.#askAboutUnseen(jobSet);
    const priorityOf = await this.#priorities.for(jobSet);
    const service = `${jobSet.namespace}/${jobSet.network.subdomain}`;
    return reconcile({
      jobSet,
      jobs: this.#writes.jobs(jobSet.uid, this.#caches.jobs(jobSet.uid), clock.now()),
      hasService: this.#caches.hasService(service) || this.#writes.hasService(service, clock.now()),
      priorityOf,
      nowMs: clock.now(),
    });
  }

  #carryOutDeps() {
    const { cluster, clock, logger, callsAtOnce = usualCallsAtOnce } = this.#deps;
    const finished = this.#finished.count.bind(this.#finished);
    return { cluster, clock, logger, writes: this.#writes, atOnce: callsAtOnce, finished };
  }

  /** A Job that we made and that was deleted between two lists is seen by nobody. */
  async #askAboutUnseen({ uid }: JobSetRecord): Promise<void> {
    const { cluster, clock } = this.#deps;
    let isSilent = false;
    const ask = async (job: ChildJob): Promise<void> => {
      const found = await cluster.get(jobsResource, job.namespace, job.name);
      const now = found.outcome === 'ok' ? childJob(found.value) : undefined;
      if (now?.uid === job.uid) this.#writes.noteJob(now, clock.now());
      else if (found.outcome === 'ok' || isNotFound(found)) this.#writes.forgetJob(job);
      else isSilent = true;
    };
    const atOnce = this.#deps.callsAtOnce ?? usualCallsAtOnce;
    const overdue = this.#writes.overdue(uid, this.#caches.jobs(uid), clock.now());
    await inParallel(overdue, atOnce, ask, () => this.#stopped || isSilent);
  }

  /** Whether it could be read. */
  async #readAgain(key: string, { namespace, name }: JobSetRecord): Promise<boolean> {
    const found = await this.#deps.cluster.get(jobSetsResource, namespace, name);
    if (found.outcome === 'ok') this.#writes.noteJobSet(key, jobSetRecord(found.value));
    return found.outcome === 'ok';
  }

  /** News of its running Jobs is no reason to ask again for what was refused a moment ago. */
  #withoutUnmade(key: string, plan: Plan): Plan {
    const pause = this.#unmade.get(key);
    if (pause === undefined || pause.untilMs <= this.#deps.clock.now()) return plan;
    const isHeld = plan.creations.length > 0 || plan.service !== undefined || plan.problem !== undefined;
    const { problem: _, service: __, status, ...rest } = plan;
    const isMereCount = isHeld && plan.events.length === 0 && plan.finished === undefined;
    return { ...rest, creations: [], ...(status && !isMereCount ? { status } : {}) };
  }

  #next(key: string, { uid }: JobSetRecord, { requeueAfterMs }: Plan): LookAgain | undefined {
    const now = this.#deps.clock.now();
    const pause = this.#unmade.get(key);
    if (pause && pause.untilMs <= now) this.#unmade.delete(key);
    const unmade = pause && pause.untilMs > now ? pause.untilMs - now : undefined;
    const unseen = this.#writes.waits(uid) ? unseenMs : undefined;
    const afterMs = Math.min(...[requeueAfterMs, unmade, unseen].map((wait) => wait ?? Number.POSITIVE_INFINITY));
    return Number.isFinite(afterMs) ? { lookAgainMs: afterMs } : undefined;
  }

  #later(key: string, { message, refused, making, retryAfterMs }: Failed): Retry {
    if (making) {
      const pauseMs = Math.min((this.#unmade.get(key)?.pauseMs ?? 0) * 2 || firstPauseMs, longestPauseMs);
      this.#unmade.set(key, { pauseMs, untilMs: this.#deps.clock.now() + Math.max(pauseMs, retryAfterMs ?? 0) });
    }
    this.#deps.logger[refused ? 'warn' : 'debug']({ jobSet: key, problem: message }, 'a JobSet comes back later');
    return { retry: true, ...(retryAfterMs === undefined ? {} : { atLeastMs: retryAfterMs }) };
  }
}

type Change = 'none' | keyof typeof restMs | 'other';

function changeOf(previous: ChildJob | undefined, next: ChildJob | undefined): Change {
  if (!next) return 'gone';
  if (!previous) return 'counts';
  if (previous.uid !== next.uid) return 'other';
  const version = { resourceVersion: '' };
  if (isAlike(previous, next, version)) return 'none';
  const counts = { ...version, active: 0, ready: 0, succeeded: 0, started: false, deleting: false };
  if (isAlike(previous, next, counts)) return 'counts';
  if (next.end?.type === 'Complete' && isAlike(previous, next, { ...counts, end: next.end })) return 'success';
  return 'other';
}

/** But for these. */
function isAlike(previous: ChildJob, next: ChildJob, but: Partial<ChildJob>): boolean {
  return isDeepStrictEqual({ ...previous, ...but }, { ...next, ...but });
}
