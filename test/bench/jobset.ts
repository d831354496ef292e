// A JobSet of many Jobs on a real API server: the time from its creation until all its Jobs exist, the first time after the
// start too, beside a plain client-go program that creates as many at once, in turn. The Jobs are suspended, so no
// controller or node works on them.
// Usage: npx tsx test/bench/jobset.ts [--rounds 3] [--jobs 1000] [--concurrency 50]
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { type ApiAccess, apiObject } from '../cluster/harness/api-request.ts';
import { startCluster } from '../cluster/harness/index.ts';
import { waitFor } from '../cluster/harness/wait.ts';
import { repositoryRoot } from '../support/repository.ts';
import { startServing } from '../support/server-process.ts';
import { printTable } from './support/statistics.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    jobs: { type: 'string', default: '1000' },
    concurrency: { type: 'string', default: '50' },
  },
});
const jobs = Number(values.jobs);
const run = promisify(execFile);
const cluster = await startCluster({ kwokNodes: 1, log: (line) => process.stderr.write(`${line}\n`) });
const nobody = 'jobsets.jobset.x-k8s.io';

async function jobsIn(access: ApiAccess, namespace: string): Promise<number> {
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs?limit=1`;
  const page = await apiObject<{ items: unknown[]; metadata: { remainingItemCount?: number } }>(access, 'GET', path);
  return page.items.length + (page.metadata.remainingItemCount ?? 0);
}

async function jobSetSeconds(namespace: string): Promise<number> {
  await cluster.kubectl('create', 'namespace', namespace);
  const template = { spec: { containers: [{ name: 'main', image: 'busybox:1.36' }], restartPolicy: 'Never' } };
  const replicatedJobs = [{ name: 'a', replicas: jobs, template: { spec: { template } } }];
  const body = {
    ...{ apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', metadata: { name: 'many' } },
    spec: { suspend: true, replicatedJobs },
  };
  const startedAt = performance.now();
  await apiObject(cluster, 'POST', `/apis/jobset.x-k8s.io/v1alpha2/namespaces/${namespace}/jobsets`, body);
  await waitFor('the Jobs', async () => (await jobsIn(cluster, namespace)) === jobs, { intervalMs: 20 });
  return (performance.now() - startedAt) / 1000;
}

try {
  const goProgram = join(cluster.directory, 'client-go-bench');
  await run('go', ['build', '-o', goProgram, '.'], { cwd: join(import.meta.dirname, 'client-go') });
  await cluster.kubectl('apply', '--server-side', '-f', `${repositoryRoot}deploy/crds`);
  await cluster.kubectl('wait', '--for=condition=Established', `crd/${nobody}`, '--timeout=60s');
  const flags = ['--controllers', 'jobset', '--namespaces', '*', '--store', 'memory', '--log-level', 'warn'];
  const server = await startServing(['--kubeconfig', cluster.kubeconfigPath, ...flags]);
  const rows: string[][] = [];
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    const go = ['--kubeconfig', cluster.kubeconfigPath, '--count', values.jobs, '--concurrency', values.concurrency];
    const { stdout } = await run(goProgram, [...go, '--prefix', `go${round}`]);
    const { seconds } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { seconds: number };
    await cluster.kubectl('delete', 'jobs', '--all', '--wait=false');
    const own = await jobSetSeconds(`round${round}`);
    const name = round === 0 ? 'first' : String(round);
    rows.push([name, seconds.toFixed(2), own.toFixed(2), (seconds / own).toFixed(2)]);
    await cluster.kubectl('delete', 'namespace', `round${round}`, '--wait=false');
  }
  await server.kill('SIGTERM');
  printTable([['round', 'client-go, s', 'JobSet, s', 'ratio'], ...rows]);
} finally {
  await cluster.stop();
}
