// Gathers what is saved of a finished Job: the facts of its pods and the logs of their containers, as one text with a section
// for each pod. Bounded in bytes, in logs read at once and in time; what cannot be had is written down with the reason, and
// the rest goes on. It writes nothing on the cluster.
import { type ApiResult, type Cluster, type KubernetesObject, podsResource } from '../../../pkg/kubernetes/cluster.ts';
import { listAll } from '../../../pkg/kubernetes/informer-list.ts';
import { tolerantProjection } from '../../../pkg/kubernetes/informer-projection.ts';
import { controllerReference } from '../../../pkg/kubernetes/owner.ts';
import { fields } from '../../../pkg/kubernetes/pod-template.ts';
import { jobNameLabel, jobNameLabelValue } from '../../../pkg/kubernetes/results/marks.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { type PodRecord, projectPod } from '../jobs/records.ts';
import { KeptLog, type KeptLogSummary } from './kept-log.ts';
import { LogRoom } from './log-room.ts';
import {
  type ContainerFacts,
  hasFailed,
  hasLog,
  type LogFacts,
  type PodFacts,
  podFacts,
  stateInWords,
} from './pod-facts.ts';
import { type ReadLogDeps, readLog } from './read-log.ts';
import type { ResultJob } from './records.ts';

export interface CollectDeps extends ReadLogDeps {
  cluster: Pick<Cluster, 'list'>;
  logger: Logger;
  metrics: Metrics;
  logs: 'full' | 'status';
  /** Of the text of all logs together. */
  maxBytes: number;
  /** Ends the reading. */
  signal: AbortSignal;
  containerTimeoutMs?: number;
  totalTimeoutMs?: number;
}

export interface Collected {
  /** Failed ones first. */
  pods: PodFacts[];
  /** Of all pods, as the queue looks at them, to say how the job ended. */
  records: PodRecord[];
  /** Pods beyond those that are kept. */
  omitted: number;
  /** The text, in pieces. */
  text: Buffer[];
}

interface Source {
  pod: PodFacts;
  container: ContainerFacts;
  kept?: KeptLog;
  problem?: string | undefined;
}

const mostPods = 2_000;
const logsAtOnce = 4;
const usualContainerTimeoutMs = 60_000;
const usualTotalTimeoutMs = 300_000;

export async function collect(deps: CollectDeps, job: ResultJob): Promise<ApiResult<Collected>> {
  const listed = await podsOf(deps, job);
  if (listed.outcome !== 'ok') return listed;
  const found = [...listed.value].sort(worstFirst);
  const taken = found.slice(0, mostPods);
  const pods = taken.map(({ facts }) => facts);
  const sources = pods.flatMap((pod) => pod.containers.map((container): Source => ({ pod, container })));
  if (deps.logs === 'full') await readAll(deps, job.namespace, sources);
  const omitted = found.length - taken.length;
  const text = sectionsOf(pods, sources, omitted);
  return { outcome: 'ok', value: { pods, records: found.map(({ record }) => record), omitted, text } };
}

/** What does not fit is left out from the end. */
function worstFirst({ facts: a }: Found, { facts: b }: Found): number {
  const [aIsBad, bIsBad] = [hasFailed(a), hasFailed(b)];
  if (aIsBad !== bIsBad) return aIsBad ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

interface Found {
  facts: PodFacts;
  record: PodRecord;
}

async function podsOf(deps: CollectDeps, job: ResultJob): Promise<ApiResult<Found[]>> {
  const labelSelector = `${jobNameLabel}=${jobNameLabelValue(job.name)}`;
  const cluster = deps.cluster as Cluster;
  const target = { cluster, resource: podsResource, namespace: job.namespace, labelSelector };
  const project = (pod: KubernetesObject): Found | undefined =>
    isOf(job, pod) ? { facts: podFacts(pod), record: projectPod(pod) } : undefined;
  const listed = await listAll<Found | undefined>(target, 250, tolerantProjection(podsResource, deps, project));
  if (listed.outcome !== 'ok') return listed;
  return { outcome: 'ok', value: [...listed.value.entries.values()].flatMap(({ record }) => record ?? []) };
}

/** The label only finds pods; an earlier Job of the name may have left some, also without their owner. */
function isOf({ uid }: ResultJob, { metadata }: KubernetesObject): boolean {
  const owner = controllerReference(metadata);
  if (owner !== undefined) return owner.uid === uid;
  const labels = fields(metadata.labels);
  return (labels['batch.kubernetes.io/controller-uid'] ?? labels['controller-uid'] ?? uid) === uid;
}

async function readAll(deps: CollectDeps, namespace: string, all: Source[]): Promise<void> {
  const { clock, maxBytes, signal } = deps;
  const { containerTimeoutMs = usualContainerTimeoutMs, totalTimeoutMs = usualTotalTimeoutMs } = deps;
  const end = clock.now() + totalTimeoutMs;
  const waiting = all.filter(({ container }) => hasLog(container));
  const room = new LogRoom(maxBytes);
  const readNext = async (): Promise<void> => {
    for (;;) {
      const source = waiting.shift();
      if (!source) return;
      const kept = new KeptLog(room);
      source.kept = kept;
      const target = { namespace, pod: source.pod.name, container: source.container.name };
      const timeoutMs = Math.max(0, Math.min(containerTimeoutMs, end - clock.now()));
      source.problem = await readLog(deps, target, kept, { timeoutMs, signal });
      kept.end();
    }
  };
  await Promise.all(Array.from({ length: logsAtOnce }, readNext));
  // Not before: as long as one is read, the others may have to make room for it.
  for (const { container, kept, problem } of all) if (kept) container.log = logFacts(kept.summary(), problem);
}

function logFacts({ bytes, missing, sha256 }: KeptLogSummary, error: string | undefined): LogFacts {
  return { bytes, ...(missing > 0 ? { missing, sha256 } : {}), ...(error ? { error: error.slice(0, 1_024) } : {}) };
}

function sectionsOf(pods: PodFacts[], sources: Source[], omitted: number): Buffer[] {
  const pieces: Buffer[] = [];
  const say = (line: string): unknown => pieces.push(Buffer.from(`${line}\n`));
  let next = 0;
  for (const pod of pods) {
    if (pieces.length > 0) say('');
    say(`=== Pod: ${pod.name} ===`);
    say(`Phase: ${oneLine(pod.phase)}`);
    for (const container of pod.containers) {
      const source = sources[next];
      next += 1;
      say(headOf(container));
      if (source?.kept) pieces.push(...endedLines(source.kept.pieces(inWords)));
      if (container.log?.error) say(`[kubejobs] the log cannot be read to its end: ${oneLine(container.log.error)}`);
    }
  }
  if (pods.length === 0) say('[kubejobs] the Job has no pods any more');
  if (omitted > 0) say(`[kubejobs] ${omitted} more pods are left out`);
  return pieces;
}

function headOf(container: ContainerFacts): string {
  const { name, ready, restarts, image } = container;
  const state = oneLine(stateInWords(container));
  return `Container: ${oneLine(name)}, State: ${state}, Ready: ${ready}, RestartCount: ${restarts}, Image: ${oneLine(image)}`;
}

function inWords({ missing, sha256 }: KeptLogSummary): string {
  return `[kubejobs] ${missing} bytes are missing here; SHA-256 of the whole log: ${sha256}`;
}

/** The next line begins on a line of its own. */
function endedLines(pieces: Buffer[]): Buffer[] {
  const last = pieces.findLast((piece) => piece.length > 0);
  return last === undefined || last.at(-1) === 0x0a ? pieces : [...pieces, Buffer.from('\n')];
}

/** Words of others must not look like lines of ours. */
function oneLine(words: string): string {
  return words.replaceAll(/\s+/g, ' ');
}
