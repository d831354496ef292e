// The JobSets of examples/jobset, one after the other through the queue, on a cluster whose nodes KWOK plays. It tells what
// happens, line by line, and gives back what came of it; what it should be says `problemsOf`.
//
// Pods of KWOK's nodes run no command: what becomes of them says a label, which is added to the examples here, and changed
// while they run. Nothing else of the examples is changed.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { JobSet } from '../../../pkg/models/index.ts';
import { repositoryRoot } from '../../support/repository.ts';
import { getJson, runProgram, submitJob } from '../../support/server-process.ts';
import { type Fate, fateLabel } from '../harness/fate.ts';
import type { ClusterOptions } from '../harness/index.ts';
import { type StoryOptions, StoryServer } from '../support/story-server.ts';

const example = `${repositoryRoot}examples/jobset`;
const rackLabel = 'example.com/rack';
const jobSetLabel = 'jobset.sigs.k8s.io/jobset-name';
const replicatedJobLabel = 'jobset.sigs.k8s.io/replicatedjob-name';
const jobIndexLabel = 'jobset.sigs.k8s.io/job-index';
const patienceMs = 90_000;

/** What a cluster for the story is started with. */
export const storyCluster: ClusterOptions = { kwokNodes: 0 };

export interface SeenJob {
  job_id: string;
  name: string;
  state: string;
  message?: string;
  attempts: Array<{ restarts?: number }>;
  timeline: Array<{ state: string; message?: string }>;
}

interface SeenPod {
  metadata: { name: string; labels: Record<string, string>; creationTimestamp: string; deletionTimestamp?: string };
  spec: { nodeName?: string; hostname: string; subdomain: string };
  status: { phase: string };
}

export interface Outcome {
  jobs: SeenJob[];
  /** Of leader and workers. */
  addresses: string[];
  /** What there was of the parameter servers' JobSet before they were ready, and after. */
  before: string[];
  after: string[];
  /** By Job of the exclusive JobSet, the racks of its pods. */
  racks: Record<string, string[]>;
}

/** What is not as it should be. */
export function problemsOf({ jobs, addresses, before, after, racks }: Outcome): string[] {
  const problems = jobs.flatMap(({ name, state }) => (state === 'succeeded' ? [] : [`${name} is ${state}`]));
  const restarts = jobs.find(({ name }) => name === 'resume')?.attempts.at(-1)?.restarts;
  if (restarts !== 1) problems.push(`resume was restarted ${restarts ?? 0} times instead of once`);
  if (!addresses.includes('train-leader-0-0.train')) problems.push(`the leader is not at its address: ${addresses}`);
  if (before.some((name) => name.includes('worker'))) problems.push(`workers before the servers were ready: ${before}`);
  if (!after.some((name) => name.includes('worker'))) problems.push(`no workers after it: ${after}`);
  const taken = Object.values(racks);
  const isExclusive = taken.every((own) => own.length === 1) && new Set(taken.flat()).size === taken.length;
  if (!isExclusive || taken.length !== 3) problems.push(`the racks are not exclusive: ${JSON.stringify(racks)}`);
  return problems;
}

export async function playJobSets(options: StoryOptions): Promise<Outcome> {
  const server = new StoryServer(options, patienceMs);
  const story = new Story(options, server);
  try {
    await story.prepare();
    const { job: led, addresses } = await story.leadWorkers();
    const { job: served, before, after } = await story.serveParameters();
    const resumed = await story.breakAndResume();
    const { job: placed, racks } = await story.placeOnRacks();
    return { jobs: [led, served, resumed, placed], addresses, before, after, racks };
  } finally {
    await server.remove();
  }
}

class Story {
  readonly #options: StoryOptions;
  readonly #server: StoryServer;

  constructor(options: StoryOptions, server: StoryServer) {
    this.#options = options;
    this.#server = server;
  }

  async prepare(): Promise<void> {
    const { cluster, say } = this.#options;
    await this.#server.makeNodes(example);
    say('six simulated nodes are ready, two in each of three racks');
    const { code, stdout, stderr } = await runProgram(['install', 'crds', '--kubeconfig', cluster.kubeconfigPath]);
    if (code !== 0) throw new Error(`kubejobs install crds: ${stdout}${stderr}`);
    say('kubejobs install crds: JobSets are installed, and bad ones are refused');
    await this.#server.start(['--controllers', 'health,jobset']);
  }

  async leadWorkers(): Promise<{ job: SeenJob; addresses: string[] }> {
    const jobId = await this.#submit('leader-workers', 'never');
    const pods = await this.#podsOnce('train', 'four running pods', (found) => running(found).length === 4);
    const addresses = pods.map(({ spec }) => `${spec.hostname}.${spec.subdomain}`).sort();
    this.#options.say(`their addresses: ${addresses.join(', ')}`);
    await this.#decide(`${jobSetLabel}=train,${replicatedJobLabel}=leader`, 'succeed');
    this.#options.say('the leader is done, and so is the JobSet; the workers are ended');
    return { job: await this.#finished(jobId), addresses };
  }

  async serveParameters(): Promise<{ job: SeenJob; before: string[]; after: string[] }> {
    const { say } = this.#options;
    const jobId = await this.#submit('parameter-servers', 'never', { 'test.kubejobs.io/start-delay': '2s' });
    const early = await this.#podsOnce('ranking', 'two pods', (pods) => pods.length >= 2);
    const before = early.map(({ metadata }) => metadata.name).sort();
    say(`at first there are only the servers: ${before.join(', ')}`);
    const late = await this.#podsOnce('ranking', 'four running pods', (pods) => running(pods).length === 4);
    const after = late.map(({ metadata }) => metadata.name).sort();
    say('both servers are ready, and the workers run, too');
    await this.#decide(`${jobSetLabel}=ranking,${replicatedJobLabel}=worker`, 'succeed');
    say('the workers are done, and so is the JobSet; the servers are ended');
    return { job: await this.#finished(jobId), before, after };
  }

  async breakAndResume(): Promise<SeenJob> {
    const { say } = this.#options;
    const jobId = await this.#submit('restart-on-failure', 'never');
    await this.#podsOnce('resume', 'four running pods', (pods) => running(pods).length === 4);
    await this.#decide(`${jobSetLabel}=resume,${jobIndexLabel}=2`, 'fail');
    say('one of four workers is made to fail');
    const { timeline } = await this.#jobOnce(jobId, 'a restart', ({ attempts }) => attempts.at(-1)?.restarts === 1);
    say(`the job's timeline: ${timeline.at(-1)?.message ?? ''}`);
    const isNew = ({ metadata }: SeenPod): boolean => metadata.labels['jobset.sigs.k8s.io/restart-attempt'] === '1';
    await this.#podsOnce('resume', 'four new pods', (pods) => running(pods).filter(isNew).length === 4);
    say('four new workers run');
    await this.#decide(`${jobSetLabel}=resume`, 'succeed');
    return this.#finished(jobId);
  }

  async placeOnRacks(): Promise<{ job: SeenJob; racks: Record<string, string[]> }> {
    const jobId = await this.#submit('exclusive-racks', 'never');
    const pods = await this.#podsOnce('racks', 'six running pods', (found) => running(found).length === 6);
    const rackOf = await this.#racks();
    const racks: Record<string, string[]> = {};
    for (const { metadata, spec } of pods) {
      const job = `racks-block-${metadata.labels[jobIndexLabel] ?? ''}`;
      racks[job] = [...new Set([...(racks[job] ?? []), rackOf.get(spec.nodeName ?? '') ?? ''])];
    }
    for (const [job, own] of Object.entries(racks).sort()) this.#options.say(`${job} is on ${own.join(', ')}`);
    await this.#decide(`${jobSetLabel}=racks`, 'succeed');
    return { job: await this.#finished(jobId), racks };
  }

  async #submit(file: string, fate: Fate, annotations: Record<string, string> = {}): Promise<string> {
    const workload = parse(readFileSync(`${example}/${file}.yaml`, 'utf8')) as JobSet;
    for (const { template } of workload.spec.replicatedJobs ?? [])
      template.spec.template.metadata = { labels: { [fateLabel]: fate }, annotations };
    const { name } = workload.metadata;
    const response = await submitJob(this.#server.url, { name, workload });
    const answer = (await response.json()) as { job_id: string };
    if (response.status !== 201) throw new Error(`POST /jobs: ${JSON.stringify(answer)}`);
    this.#options.say(`submitted ${name} (${file}.yaml)`);
    return answer.job_id;
  }

  async #finished(jobId: string): Promise<SeenJob> {
    const isOver = ({ state }: SeenJob): boolean => ['succeeded', 'failed', 'cancelled'].includes(state);
    const job = await this.#jobOnce(jobId, 'the end of the job', isOver);
    this.#options.say(`${job.name} is ${job.state}${job.message === undefined ? '' : `: ${job.message}`}`);
    return job;
  }

  async #jobOnce(jobId: string, what: string, condition: (job: SeenJob) => boolean): Promise<SeenJob> {
    return this.#server.until(what, async () => {
      const job = await getJson<SeenJob>(`${this.#server.url}/jobs/${jobId}`);
      return condition(job) ? job : undefined;
    });
  }

  /** What becomes of these pods. */
  async #decide(selector: string, fate: Fate): Promise<void> {
    const { kubectl } = this.#options.cluster;
    await kubectl('label', 'pods', '-n', 'default', '-l', selector, `${fateLabel}=${fate}`, '--overwrite');
  }

  #podsOnce(jobSet: string, what: string, condition: (pods: SeenPod[]) => boolean): Promise<SeenPod[]> {
    return this.#server.podsOnce(`${jobSetLabel}=${jobSet}`, what, condition);
  }

  /** By node. */
  async #racks(): Promise<Map<string, string>> {
    const nodes = await this.#server.read<SeenPod>('nodes');
    return new Map(nodes.map(({ metadata }) => [metadata.name, metadata.labels[rackLabel] ?? '']));
  }
}

function running(pods: readonly SeenPod[]): SeenPod[] {
  return pods.filter(({ metadata, status }) => status.phase === 'Running' && metadata.deletionTimestamp === undefined);
}
