// Switches the JobSet controller on while the cluster's JobSets are ours to run, and off when they are not any more. It
// looks again and again, for CRDs and operators come and go, and says what it found whenever that changes.
import type { Cluster } from '../../../pkg/kubernetes/cluster.ts';
import type { Discovery } from '../../../pkg/kubernetes/discovery.ts';
import type { CancelTimer, Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { type Finding, grounds, lookAtGround } from './ground.ts';

export interface Switchable {
  start(): void;
  stop(): Promise<void>;
}

export interface JobSetSwitchDeps {
  cluster: Cluster;
  discovery: Discovery;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** Somebody asked for the controller: that it cannot run is worth a warning. */
  isAskedFor: boolean;
  controller(): Switchable;
  probeMs?: number;
}

const usualProbeMs = 30_000;
const freshMs = 1_000;

export class JobSetSwitch {
  readonly #deps: JobSetSwitchDeps;
  #running: Switchable | undefined;
  #last: Finding | undefined;
  #probing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #cancel: CancelTimer = () => {};
  #stopped = false;

  constructor(deps: JobSetSwitchDeps) {
    this.#deps = deps;
  }

  get isOn(): boolean {
    return this.#running !== undefined;
  }

  /** Why nobody here runs a JobSet that would be made now, as far as it is known; undefined when one would be run. */
  get obstacle(): string | undefined {
    if (this.isOn || this.#last === undefined || this.#last.isPassing) return undefined;
    return `JobSets are not run: ${this.#last.message}`;
  }

  /** The same after a fresh look, unless there was one a moment ago that found all well. */
  async obstacleNow(): Promise<string | undefined> {
    const isFresh = this.isOn && this.#deps.clock.now() - this.#lookedAt < freshMs;
    if (!isFresh && !this.#stopped) await this.#probeNext();
    return this.obstacle;
  }

  start(): void {
    const { clock, probeMs = usualProbeMs } = this.#deps;
    void this.#probeNext().finally(() => {
      if (!this.#stopped) this.#cancel = clock.schedule(probeMs, () => this.start());
    });
  }

  /** One at a time; who comes while one is under way waits for the next, and shares it. */
  #probeNext(): Promise<void> {
    this.#next ??= this.#probing.then(() => {
      this.#next = undefined;
      this.#probing = this.#probe();
      return this.#probing;
    });
    return this.#next;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#next;
    await this.#probing;
    await this.#turnOff();
  }

  async #probe(): Promise<void> {
    const { cluster, discovery } = this.#deps;
    if (this.#stopped) return;
    const finding = await lookAtGround(cluster, discovery).catch(unreadable);
    if (this.#stopped) return;
    this.#lookedAt = this.#deps.clock.now();
    // An API server that does not answer for a while changes nothing.
    if (finding.ground !== 'unreadable' || this.#last === undefined || this.#last.isPassing) this.#say(finding);
    if (finding.ground === 'ours') this.#turnOn();
    else if (finding.ground !== 'unreadable') await this.#turnOff();
  }

  #say(finding: Finding): void {
    const { logger, metrics, isAskedFor } = this.#deps;
    const isNews = finding.ground !== this.#last?.ground;
    this.#last = finding;
    if (!isNews) return;
    for (const found of grounds) metrics.set('kubejobs_jobset_ground', found === finding.ground ? 1 : 0, { found });
    const { ground: found, message } = finding;
    if (found === 'ours') logger.info({ found }, 'JobSets are run');
    else if (isAskedFor || found === 'another') logger.warn({ found, problem: message }, 'JobSets are not run');
    else logger.info({ found, problem: message }, 'JobSets are not run');
  }

  #turnOn(): void {
    if (this.#running) return;
    this.#running = this.#deps.controller();
    this.#running.start();
  }

  async #turnOff(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.stop();
  }
}

function unreadable(error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  return { ground: 'unreadable', message, isPassing: true };
}
