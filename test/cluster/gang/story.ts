// A deadlock of gangs and its way out, on a cluster and with the documents of examples/gang: three jobs of four pods each on
// eight slots. It tells what happens, line by line, and gives back what came of it; it judges nothing.
//
// That the gangs get into each other's way is a matter of chance in a real cluster. Here it is made certain: the pods come
// with a scheduling gate, and eight of them are let in first, three, three and two of the gangs. All eight fit, whatever the
// scheduler does; then the others are let in, and none does.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { repositoryRoot } from '../../support/repository.ts';
import { getJson } from '../../support/server-process.ts';
import { fateLabel } from '../harness/fate.ts';
import type { ClusterOptions } from '../harness/index.ts';
import { type StoryOptions, StoryServer } from '../support/story-server.ts';

const example = `${repositoryRoot}examples/gang`;
const groupLabel = 'podgroup.jhwagner.github.io/name';
const gates = [{ name: 'example.com/wait-for-your-turn' }];
const slots = 8;
const patienceMs = 120_000;
const controllers = ['--controllers', 'podgroup'];
const flags = ['--max-concurrency', '3', '--gang-deadlock-after', '3s'];

/** What a cluster for the story is started with. */
export const storyCluster: ClusterOptions = {
  kwokNodes: 0,
  kwokStages: readFileSync(`${example}/stage.yaml`, 'utf8'),
};

interface Submission {
  name: string;
  priority: number;
  template: { template: { metadata: { labels: Record<string, string> }; spec: object } };
}

export interface SeenJob {
  job_id: string;
  name: string;
  state: string;
  reason?: string;
  message?: string;
  finished_at?: string;
  attempts: Array<{ attempt: number; outcome?: string }>;
}

interface SeenGroup {
  name: string;
  ready: boolean;
  pods: Record<string, number>;
  message?: string;
  deadlock?: { groups: string[] };
}

interface SeenPod {
  metadata: { name: string; labels: Record<string, string> };
  spec: { schedulingGates?: object[] };
  status: { phase: string };
}

export interface Outcome {
  /** The groups of the deadlock, as `/podgroups` named them while nobody resolved it. */
  deadlocked: string[];
  /** The jobs as they were after a while of that, and at the end. */
  unresolved: SeenJob[];
  resolved: SeenJob[];
}

export interface GangStoryOptions extends StoryOptions {
  /** How long the deadlock is left alone. */
  standsMs: number;
}

export async function playGangs(options: GangStoryOptions): Promise<Outcome> {
  const server = new StoryServer(options, patienceMs);
  const story = new Story(options, server);
  try {
    await story.makeNodes();
    await server.start(flags, controllers);
    await story.submit();
    await story.letThemInByTurns();
    const { deadlocked, unresolved } = await story.leaveItAlone();
    await server.stop();
    await server.start([...flags, '--gang-deadlock-resolve'], controllers);
    return { deadlocked, unresolved, resolved: await story.watchItResolve() };
  } finally {
    await server.remove();
  }
}

class Story {
  readonly #options: GangStoryOptions;
  readonly #server: StoryServer;
  #ids: string[] = [];

  constructor(options: GangStoryOptions, server: StoryServer) {
    this.#options = options;
    this.#server = server;
  }

  async makeNodes(): Promise<void> {
    await this.#server.makeNodes(example);
    this.#options.say(`two simulated nodes are ready, with ${slots} slots in all`);
  }

  async submit(): Promise<void> {
    const jobs = (JSON.parse(readFileSync(`${example}/jobs.json`, 'utf8')) as Submission[]).map(withGates);
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.#server.url}/jobs/batch`, {
      method: 'POST',
      headers,
      body: JSON.stringify(jobs),
    });
    const answer = (await response.json()) as Array<{ job_id: string }>;
    if (response.status !== 201) throw new Error(`POST /jobs/batch: ${JSON.stringify(answer)}`);
    this.#ids = answer.map(({ job_id }) => job_id);
    for (const { name, priority } of jobs) this.#options.say(`submitted ${name}, four pods, priority ${priority}`);
  }

  async letThemInByTurns(): Promise<void> {
    const gated = await this.#server.podsOnce<SeenPod>(groupLabel, 'twelve pods', (pods) => pods.length === 12);
    const first = byTurns(gated).slice(0, slots);
    await this.#letIn(first);
    await this.#server.podsOnce<SeenPod>(groupLabel, 'eight running pods', (pods) => countRunning(pods) === slots);
    this.#options.say(`the scheduler took the gangs by turns: ${await this.#runningOfEach()}; no slot is left`);
    await this.#letIn(gated.filter((pod) => !first.includes(pod)));
  }

  async leaveItAlone(): Promise<{ deadlocked: string[]; unresolved: SeenJob[] }> {
    const { say, standsMs } = this.#options;
    let groups: SeenGroup[] = [];
    await this.#server.until('a deadlock', async () => {
      groups = await this.#groups();
      return groups.length === 3 && groups.every(({ deadlock }) => deadlock !== undefined);
    });
    for (const { name, pods, message } of groups) say(`/podgroups: ${name} ${JSON.stringify(pods)}, ${short(message)}`);
    const deadlocked = groups[0]?.deadlock?.groups ?? [];
    say(`/podgroups: deadlock of ${deadlocked.join(', ')}`);
    await delay(standsMs);
    const unresolved = await this.#jobs();
    say(`${standsMs / 1_000} s later: ${await this.#runningOfEach()}; it stands`);
    return { deadlocked, unresolved };
  }

  /** Until all jobs are finished. Pods of a new attempt have a gate, too, and nobody keeps them any more. */
  async watchItResolve(): Promise<SeenJob[]> {
    const told = new Map<string, string>();
    let jobs: SeenJob[] = [];
    await this.#server.until('the end of all jobs', async () => {
      jobs = await this.#jobs();
      for (const job of jobs) this.#tellOnce(job, told);
      for (const group of await this.#groups()) this.#tellReady(group, told);
      await this.#letIn((await this.#pods()).filter(({ spec }) => spec.schedulingGates !== undefined));
      return jobs.every(({ state }) => state === 'succeeded' || state === 'failed');
    });
    return jobs;
  }

  #tellOnce({ name, state, reason, message }: SeenJob, told: Map<string, string>): void {
    const how = [state, reason].filter((word) => word !== undefined).join(', ');
    if (told.get(name) === how) return;
    told.set(name, how);
    this.#options.say(`${name} is ${how}${message === undefined ? '' : `: ${short(message)}`}`);
  }

  #tellReady({ name, ready }: SeenGroup, told: Map<string, string>): void {
    const before = told.get(`group ${name}`);
    told.set(`group ${name}`, String(ready));
    if (ready && before !== 'true') this.#options.say(`all pods of ${name} run, and have the ready label`);
  }

  #jobs(): Promise<SeenJob[]> {
    return Promise.all(this.#ids.map((id) => getJson<SeenJob>(`${this.#server.url}/jobs/${id}`)));
  }

  #groups(): Promise<SeenGroup[]> {
    return getJson(`${this.#server.url}/podgroups`);
  }

  #pods(): Promise<SeenPod[]> {
    return this.#server.read('pods', '-l', groupLabel);
  }

  async #letIn(pods: readonly SeenPod[]): Promise<void> {
    const patch = JSON.stringify([{ op: 'remove', path: '/spec/schedulingGates' }]);
    const { kubectl } = this.#options.cluster;
    for (const { metadata } of pods)
      await kubectl('patch', 'pod', metadata.name, '-n', 'default', '--type', 'json', '-p', patch);
  }

  async #runningOfEach(): Promise<string> {
    const pods = await this.#pods();
    const groups = [...new Set(pods.map(groupOf))].sort();
    return groups.map((group) => `${group} ${countRunning(pods.filter((pod) => groupOf(pod) === group))}/4`).join(', ');
  }
}

/** The harness's own Stages leave pods of this fate alone: the example's Stage is the one that ends them. */
function withGates({ template, ...job }: Submission): Submission {
  const { metadata, spec } = template.template;
  const labels = { ...metadata.labels, [fateLabel]: 'never' };
  const pod = { metadata: { ...metadata, labels }, spec: { ...spec, schedulingGates: gates } };
  return { ...job, template: { ...template, template: pod } };
}

function groupOf({ metadata }: SeenPod): string {
  return metadata.labels[groupLabel] ?? '';
}

function countRunning(pods: readonly SeenPod[]): number {
  return pods.filter(({ status }) => status.phase === 'Running').length;
}

const longestMessage = 120;

/** API servers and schedulers say more than fits a line. */
function short(message = ''): string {
  return message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;
}

/** One of each group, then the next of each; the groups in order of importance, as they are in jobs.json. */
function byTurns(pods: readonly SeenPod[]): SeenPod[] {
  const order = ['red', 'green', 'blue'];
  const groups = order.map((name) => pods.filter((pod) => groupOf(pod) === name));
  return [0, 1, 2, 3].flatMap((turn) => groups.flatMap((group) => group[turn] ?? []));
}
