// The order in which the program starts and stops its parts, seen from what they do to the store and to the cluster.
import { expect, it, onTestFinished, vi } from 'vitest';
import { repositoryRoot } from '../support/repository.ts';
import { getJson, listeningUrl, startProgram, submitJob } from '../support/server-process.ts';

vi.setConfig({ testTimeout: 60_000 });

it('controllers start when the engine has restored its state, and stop before the cluster and the store are closed', async () => {
  const program = startProgram([], {}, { entry: `${repositoryRoot}test/process/support/order-server.ts` });
  onTestFinished(() => void program.process.kill('SIGKILL'));
  const url = await listeningUrl(program);
  const answer = await submitJob(url, { name: 'job1', results: true } as never);
  const { job_id } = (await answer.json()) as { job_id: string };
  await vi.waitFor(
    async () => {
      expect(await getJson(`${url}/jobs/${job_id}`)).toMatchObject({ state: 'succeeded' });
      expect(program.stderr()).toContain('cluster patch jobs');
    },
    { timeout: 20_000, interval: 50 },
  );
  program.process.kill('SIGTERM');
  expect(await program.ended).toMatchObject({ code: 0 });
  const order = [...program.stderr().matchAll(/^order: (.*)$/gm)].map(([, what]) => what ?? '');
  const calls = order.filter((what) => /^cluster (?!closed)/.test(what));
  // Once to know what a simulated cluster has to be rebuilt with, once by the engine.
  expect(order.slice(0, 2)).toEqual(['store loaded', 'store loaded']);
  for (const what of ['cluster list jobs', 'cluster watch pods', 'cluster create jobs', 'cluster create configmaps'])
    expect(calls).toContain(what);
  expect(order.slice(-2)).toEqual(['cluster closed', 'store closed']);
});
