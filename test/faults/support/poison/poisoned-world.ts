// The program on a database, in process: the real store's code, engine, dispatcher, controllers and HTTP API on a virtual
// clock, before a simulated cluster that has the workloads of the jobs that ran when the server was killed.
import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../../../internal/platform/logger.ts';
import { type Random, seededRandom } from '../../../../internal/platform/random.ts';
import { type SimulatedCluster, simulatedCluster } from '../../../../internal/simulation/cluster/simulated-cluster.ts';
import { assembleProgram, type Program } from '../../../../internal/simulation/program.ts';
import type { Store } from '../../../../internal/store/store.ts';
import { type Cluster, jobsResource } from '../../../../pkg/kubernetes/cluster.ts';
import { builtInTemplate, jobManifest } from '../../../../pkg/kubernetes/manifest.ts';
import type { Attempt, Job } from '../../../../pkg/models/index.ts';
import { recordingLogger } from '../../../support/recorders.ts';
import { type VirtualClock, virtualClock } from '../../../support/virtual-clock.ts';
import { openLocalStore } from '../soak/local-store.ts';
import { apiFor } from './shared-api.ts';
import { killedAt, poisonQueueId, running, type SoundDatabase } from './sound-database.ts';

export const slots = 3;

export interface PoisonedWorld {
  clock: VirtualClock;
  truth: SimulatedCluster;
  store: Store;
  program: Program;
  api: FastifyInstance;
  /** What was said of rows, and every warning and error, as text. */
  reports: string[];
  /** Names of the workloads on the cluster. */
  workloads(): Promise<string[]>;
  close(): Promise<void>;
}

export interface WorldOptions {
  path: string;
  seed: number;
  sound: SoundDatabase;
  /** What the program sees of the cluster. */
  seen?(cluster: Cluster, random: Random): Cluster;
}

/** Throws what the store throws when it refuses the database. */
export async function poisonedWorld({
  path,
  seed,
  sound,
  seen = (cluster) => cluster,
}: WorldOptions): Promise<PoisonedWorld> {
  const reports: string[] = [];
  const clock = virtualClock(killedAt);
  const random = seededRandom(seed);
  const report = (row: string): void => void reports.push(`set aside: ${row}`);
  const store = openLocalStore({ path, newQueueId: poisonQueueId, report });
  const truth = simulatedCluster({ clock, random, durationMs: 5_000 });
  for (const number of running) adopt(truth, sound.jobs.get(number) as Job, sound.attempts.get(number) as Attempt);
  const logger = reportingLogger(reports);
  const program = assembleProgram({
    ...{ store, cluster: seen(truth, random), clock, random, logger },
    settings: { maxConcurrency: slots, settleMs: 0, jobTtlMs: 60_000 },
  });
  const api = await apiFor(program.service);
  await program.start();
  return { clock, truth, store, program, api, reports, workloads: () => namesOf(truth), close };

  async function close(): Promise<void> {
    await Promise.race([program.stop(), clock.advance(60_000)]);
    await truth.close();
    await store.close();
  }
}

function adopt(cluster: SimulatedCluster, job: Job, attempt: Attempt): void {
  const object = jobManifest({
    ...{ job, attempt, queueId: poisonQueueId, namespace: 'default', defaultTemplate: builtInTemplate },
  });
  const metadata = { ...object.metadata, uid: attempt.workload.uid as string };
  const answer = cluster.adopt({ ...object, metadata }, { startedAt: attempt.dispatchedAt });
  if (answer.outcome !== 'ok') throw new Error(`the workload of ${job.name} was not taken: ${answer.message}`);
}

function reportingLogger(reports: string[]): Logger {
  const logger = recordingLogger();
  const keep = (fields: object, message: string): void => void reports.push(`${message} ${JSON.stringify(fields)}`);
  return { ...logger, warn: keep, error: keep };
}

async function namesOf(cluster: SimulatedCluster): Promise<string[]> {
  const page = await cluster.list(jobsResource, {});
  return page.outcome === 'ok' ? page.value.items.map(({ metadata }) => metadata.name) : [];
}
