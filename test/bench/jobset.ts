// JobSets on a real API server beside a plain client-go program that makes the same calls, in turn: the time from the
// creation of a JobSet of many Jobs until all are there, the first time after the start too; the time of its restart; and
// the API calls of many small JobSets. The Jobs are suspended, so that no node works on them, and each round has namespaces
// of its own.
// Usage: npx tsx test/bench/jobset.ts [--rounds 3] [--jobs 1000] [--concurrency 50] [--jobsets 500]
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { apiObject } from '../cluster/harness/api-request.ts';
import { startCluster } from '../cluster/harness/index.ts';
import { waitFor } from '../cluster/harness/wait.ts';
import { repositoryRoot } from '../support/repository.ts';
import { startServing } from '../support/server-process.ts';
import { printTable, spread } from './support/statistics.ts';
import { WatchedJobs } from './support/watched-jobs.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    jobs: { type: 'string', default: '1000' },
    concurrency: { type: 'string', default: '50' },
    jobsets: { type: 'string', default: '500' },
  },
});
const jobs = Number(values.jobs);
const run = promisify(execFile);
const cluster = await startCluster({ kwokNodes: 1, log: (line) => process.stderr.write(`${line}\n`) });
/** What cannot be done without: a Service, four Jobs, the status that says so, and its event. */
const leastCalls = 7;

const goProgram = join(cluster.directory, 'client-go-bench');

interface Job {
  metadata: { name: string; uid: string; labels: Record<string, string>; annotations: Record<string, string> };
  spec: { template: object } & Record<string, unknown>;
}

function jobSetsPath(namespace: string): string {
  return `/apis/jobset.x-k8s.io/v1alpha2/namespaces/${namespace}/jobsets`;
}

function jobSet(name: string, replicas: number): object {
  const template = { spec: { containers: [{ name: 'main', image: 'busybox:1.36' }], restartPolicy: 'Never' } };
  const replicatedJobs = [{ name: 'a', replicas, template: { spec: { template } } }];
  return {
    ...{ apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', metadata: { name } },
    spec: { suspend: true, replicatedJobs, failurePolicy: { maxRestarts: 1 } },
  };
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

/** A copy of a child Job with another owner, for the other side to make in a namespace of its own. */
async function childToCopy(from: string, to: string): Promise<string> {
  const job = await apiObject<Job>(cluster, 'GET', `/apis/batch/v1/namespaces/${from}/jobs/many-a-0`);
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'many' } };
  const { metadata: made } = await apiObject<Job>(cluster, 'POST', `/api/v1/namespaces/${to}/configmaps`, owner);
  const { labels, annotations } = job.metadata;
  const ownedBy = { apiVersion: 'v1', kind: 'ConfigMap', controller: true, blockOwnerDeletion: true };
  const ownerReferences = [{ ...ownedBy, name: made.name, uid: made.uid }];
  const { parallelism, completions, completionMode, suspend, template } = job.spec;
  const spec = { parallelism, completions, completionMode, suspend };
  const withoutOwn = { ...spec, template: { ...template, metadata: { labels, annotations } } };
  const file = join(cluster.directory, `child-${to}.json`);
  await writeFile(
    file,
    JSON.stringify({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { labels, annotations, ownerReferences },
      spec: withoutOwn,
    }),
  );
  return file;
}

async function goSeconds(namespace: string, like: string, more: string[] = []): Promise<number> {
  const flags = { kubeconfig: cluster.kubeconfigPath, count: values.jobs, concurrency: values.concurrency };
  const all = Object.entries({ ...flags, namespace, like, prefix: 'many-a' }).map(
    ([flag, value]) => `--${flag}=${value}`,
  );
  const { stdout } = await run(goProgram, [...all, ...more]);
  const { seconds, created } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
    seconds: number;
    created: number;
  };
  if (created !== jobs) throw new Error(`client-go created ${created} of ${jobs} Jobs`);
  return seconds;
}

interface Sides {
  made: number;
  restarted: number;
}

async function ownSeconds(namespace: string): Promise<Sides> {
  await cluster.kubectl('create', 'namespace', namespace);
  const watched = await WatchedJobs.begin(cluster, namespace);
  const made = await secondsOf(async () => {
    await apiObject(cluster, 'POST', jobSetsPath(namespace), jobSet('many', jobs));
    await watched.until(jobs);
  });
  watched.close();
  const again = await WatchedJobs.begin(cluster, namespace);
  const restarted = await secondsOf(async () => {
    await failJob(namespace);
    await again.until(jobs);
  });
  again.close();
  return { made, restarted };
}

/** As the Job controller would. */
async function failJob(namespace: string): Promise<void> {
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs/many-a-0/status`;
  const at = new Date().toISOString();
  const condition = { status: 'True', reason: 'BackoffLimitExceeded', message: 'no more', lastTransitionTime: at };
  const conditions = ['FailureTarget', 'Failed'].map((type) => ({ type, ...condition }));
  await apiObject(cluster, 'PATCH', path, { status: { startTime: at, conditions } });
}

async function clientGo(namespace: string, as: string): Promise<Sides> {
  await cluster.kubectl('create', 'namespace', namespace);
  const like = await childToCopy(as, namespace);
  const made = await goSeconds(namespace, like);
  return { made, restarted: await goSeconds(namespace, like, ['--replace']) };
}

try {
  await run('go', ['build', '-o', goProgram, '.'], { cwd: join(import.meta.dirname, 'client-go') });
  await cluster.kubectl('apply', '--server-side', '-f', `${repositoryRoot}deploy/crds`);
  await cluster.kubectl('wait', '--for=condition=Established', 'crd/jobsets.jobset.x-k8s.io', '--timeout=60s');
  const flags = ['--controllers', 'jobset', '--namespaces', '*', '--store', 'memory', '--log-level', 'warn'];
  const server = await startServing(['--kubeconfig', cluster.kubeconfigPath, ...flags]);
  await compare();
  await manySmall(server.url);
  await server.kill('SIGTERM');
} finally {
  await cluster.stop();
}

async function compare(): Promise<void> {
  const rows: Array<{ name: string; go: Sides; own: Sides }> = [];
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    const own = await ownSeconds(`own${round}`);
    const go = await clientGo(`go${round}`, `own${round}`);
    rows.push({ name: round === 0 ? 'the first after a start' : `round ${round}`, go, own });
  }
  const ratios = (key: keyof Sides): number[] => rows.slice(1).map(({ go, own }) => go[key] / own[key]);
  const cells = ({ go, own }: (typeof rows)[number], key: keyof Sides): string[] =>
    [go[key], own[key], go[key] / own[key]].map((value) => value.toFixed(2));
  printTable([
    ['', 'client-go, s', 'JobSet, s', 'ratio', 'restart: client-go, s', 'JobSet, s', 'ratio'],
    ...rows.map((row) => [row.name, ...cells(row, 'made'), ...cells(row, 'restarted')]),
    ['median', '', '', spread(ratios('made'), 2), '', '', spread(ratios('restarted'), 2)],
  ]);
}

async function manySmall(url: string): Promise<void> {
  const count = Number(values.jobsets);
  await cluster.kubectl('create', 'namespace', 'small');
  const before = await apiCalls(url);
  const names = Array.from({ length: count }, (_, index) => `small-${index}`);
  const watched = await WatchedJobs.begin(cluster, 'small');
  const seconds = await secondsOf(async () => {
    const workers = Array.from({ length: 20 }, async () => {
      for (let name = names.pop(); name; name = names.pop())
        await apiObject(cluster, 'POST', jobSetsPath('small'), jobSet(name, 4));
    });
    await Promise.all([...workers, watched.until(count * 4)]);
  });
  watched.close();
  await waitFor('quiet', async () => {
    const one = await apiCalls(url);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    return total(one) === total(await apiCalls(url));
  });
  const after = await apiCalls(url);
  const calls = [...after].map(([what, number]) => [what, String(number - (before.get(what) ?? 0))]);
  printTable([['calls of all', 'number'], ...calls.filter(([, number]) => number !== '0')]);
  const each = (total(after) - total(before)) / count;
  printTable([
    ['JobSets of 4 Jobs', 'seconds until all Jobs were there', 'API calls for each', 'of the least possible'],
    [String(count), seconds.toFixed(1), each.toFixed(2), (each / leastCalls).toFixed(2)],
  ]);
}

function total(calls: Map<string, number>): number {
  return [...calls.values()].reduce((sum, number) => sum + number, 0);
}

/** By verb, resource and outcome, watches left out. */
async function apiCalls(url: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = text.matchAll(/^kubejobs_api_server_request_duration_seconds_count\{(.*)\} (\d+)$/gm);
  return new Map([...found].map(([, labels = '', number]) => [labels, Number(number)]));
}
