// A JobSet controller on an API server in memory and a clock that only tests move, with short words for what happens to
// child Jobs.
import { JobSetController } from '../../internal/controllers/jobset/jobset-controller.ts';
import { seededRandom } from '../../internal/platform/random.ts';
import type { ApiResult, Cluster } from '../../pkg/kubernetes/cluster.ts';
import type { JobSetStatus } from '../../pkg/models/index.ts';
import { startMs } from './jobset-builders.ts';
import { MemoryApiServer } from './memory-api-server.ts';
import { recordingLogger, recordingMetrics } from './recorders.ts';
import { virtualClock } from './virtual-clock.ts';

export class JobSetWorld {
  readonly server: MemoryApiServer;
  readonly clock: ReturnType<typeof virtualClock>;
  readonly logger = recordingLogger();
  readonly metrics = recordingMetrics();
  #controller: JobSetController | undefined;
  #answersToLose = 0;

  /** With `beside` another controller on the API server and the clock of that one. */
  constructor(beside?: JobSetWorld) {
    this.server = beside?.server ?? new MemoryApiServer();
    this.clock = beside?.clock ?? virtualClock(startMs);
  }

  async start(): Promise<void> {
    const { clock, logger, metrics } = this;
    this.#controller = new JobSetController({
      ...{ cluster: this.#lossyCluster(), clock, logger, metrics, random: seededRandom(1) },
      timing: { silenceMs: 3_600_000, relistMs: 3_600_000 },
    });
    this.#controller.start();
    await this.settle();
  }

  async stop(): Promise<void> {
    await this.#controller?.stop();
  }

  /** Lets everything happen that happens without time. */
  async settle(): Promise<void> {
    for (let round = 0; round < 30; round += 1) await this.clock.settle();
  }

  /** The next creates and patches are carried out, and their answers never come. */
  loseNextAnswers(count: number): void {
    this.#answersToLose = count;
  }

  #lossyCluster(): Cluster {
    const { cluster } = this.server;
    return {
      ...cluster,
      create: async (...args) => this.#lost(await cluster.create(...args)),
      patch: async (...args) => this.#lost(await cluster.patch(...args)),
    };
  }

  #lost<T>(answer: ApiResult<T>): ApiResult<T> {
    if (this.#answersToLose === 0) return answer;
    this.#answersToLose -= 1;
    return { outcome: 'unknown', message: 'no answer' };
  }

  get jobs(): string[] {
    return this.server
      .all('jobs')
      .map(({ metadata }) => metadata.name)
      .sort();
  }

  get events(): string[] {
    return this.server.all('events').map((event) => (event as unknown as { reason: string }).reason);
  }

  status(name = 'set'): JobSetStatus {
    return (this.server.find('jobsets', name)?.status ?? {}) as JobSetStatus;
  }

  setJob(name: string, status: Record<string, unknown>): void {
    this.server.change('jobs', name, (job) => ({ ...job, status: { ...job.status, ...status } }));
  }

  endJob(name: string, type: 'Complete' | 'Failed', reason = 'BackoffLimitExceeded'): void {
    const conditions = [{ type, status: 'True', reason, message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }];
    this.setJob(name, { conditions });
  }
}
