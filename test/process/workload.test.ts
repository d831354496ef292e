// PyTorchJobs and JobSets through the whole program in a dry run: accepted, run, ended by their own conditions, and found again
// by a program that was killed while they ran.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { getJson, type ServerProcess, startServer, submitJob } from '../support/server-process.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 30_000 }); // the program is started twice

interface JobJson {
  job_id: string;
  state: string;
  exit_code?: number;
  workload?: { kind: string; namespace: string; name: string };
  timeline: Array<{ message?: string }>;
}

let folder: TemporaryFolder;
let server: ServerProcess;
const start = (): Promise<ServerProcess> => startServer(['--store', `sqlite:${folder.path}/kubejobs.db`]);

beforeEach(async () => {
  folder = temporaryFolder();
  server = await start();
});
afterEach(async () => {
  await server.kill('SIGKILL');
  folder.remove();
});

const replica = { replicas: 1, template: { spec: { containers: [{ name: 'pytorch', image: 'train' }] } } };
const workload = {
  apiVersion: 'kubeflow.org/v1',
  kind: 'PyTorchJob',
  metadata: { name: 'resnet', namespace: 'default' },
  spec: { pytorchReplicaSpecs: { Master: replica, Worker: { ...replica, replicas: 3 } } },
};

async function submit(body: object): Promise<string> {
  const answer = await submitJob(server.url, { workload, ...body });
  const text = await answer.text();
  expect(answer.status, text).toBe(201);
  return (JSON.parse(text) as JobJson).job_id;
}

const jobIs = (jobId: string, expected: object) =>
  vi.waitFor(async () => expect(await getJson<JobJson>(`${server.url}/jobs/${jobId}`)).toMatchObject(expected), {
    timeout: 30_000,
  });

it('runs PyTorchJobs to the end that they choose, also over a kill', async () => {
  const fate = (seconds: number, code: number) => ({
    annotations: { 'kubejobs.io/simulate-duration': `${seconds}s`, 'kubejobs.io/simulate-exit-code': String(code) },
  });
  const failing = await submit({ name: 'seven', ...fate(1, 7) });
  const lasting = await submit({ name: 'lasting', ...fate(6, 0) });
  const part = failing.replaceAll('-', '').slice(-12);
  const place = { kind: 'PyTorchJob', namespace: 'default', name: `resnet-${part}-1` };
  await jobIs(failing, { state: 'failed', reason: 'exit_code', exit_code: 7, workload: place });
  await jobIs(lasting, { state: 'running' });
  await server.kill('SIGKILL');
  server = await start();
  await jobIs(lasting, { state: 'succeeded', exit_code: 0, workload: { kind: 'PyTorchJob' } });
});

it('runs JobSets under their own name, restarts them, and tells of each restart once, also over a kill', async () => {
  const annotations = { 'kubejobs.io/simulate-duration': '2s', 'kubejobs.io/simulate-exit-code': '7' };
  const template = {
    spec: { template: { metadata: { annotations }, spec: { containers: [{ name: 'main', image: 'i' }] } } },
  };
  const jobSet = {
    apiVersion: 'jobset.x-k8s.io/v1alpha2',
    kind: 'JobSet',
    metadata: { name: 'train' },
    spec: { failurePolicy: { maxRestarts: 2 }, replicatedJobs: [{ name: 'worker', replicas: 2, template }] },
  };
  const jobId = await submit({ name: 'set', workload: jobSet });
  await jobIs(jobId, { state: 'running', attempts: [{ restarts: 1 }] });
  await server.kill('SIGKILL');
  server = await start();
  const place = { kind: 'JobSet', namespace: 'default', name: 'train' };
  await jobIs(jobId, { state: 'failed', exit_code: 7, workload: place, attempts: [{ restarts: 2 }] });
  const { timeline } = await getJson<JobJson>(`${server.url}/jobs/${jobId}`);
  const restarts = timeline.flatMap(({ message }) => (message?.startsWith('restart ') ? [message] : []));
  expect(restarts.map((message) => message.slice(0, 23))).toEqual([
    'restart 1 of the JobSet',
    'restart 2 of the JobSet',
  ]);
  expect(restarts[0]).toContain('exit code 7');
});
