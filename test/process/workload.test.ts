// A PyTorchJob through the whole program in a dry run: accepted, run, ended by its own conditions, and found again by a
// program that was killed while it ran.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { getJson, type ServerProcess, startServer, submitJob } from '../support/server-process.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 30_000 }); // the program is started twice

interface JobJson {
  job_id: string;
  state: string;
  exit_code?: number;
  workload?: { kind: string; namespace: string; name: string };
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
