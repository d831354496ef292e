// `kubejobs doctor` against a real API server: an account without rights is told which manifest gives them; one with the
// manifests applied is told that all is well.
import { afterAll, expect, it } from 'vitest';
import { runProgram } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeCluster } from './harness/shared-cluster.ts';
import { type Additional, accountWithRights, grant, removeRights } from './support/rights.ts';

interface Check {
  check: string;
  status: string;
  message: string;
  advice?: string;
}

describeCluster('kubejobs doctor', (cluster) => {
  const folder = temporaryFolder();
  const namespace = `doctor-${process.pid}`;
  afterAll(async () => {
    folder.remove();
    await cluster.kubectl('delete', 'namespace', namespace, '--wait=false');
    await removeRights(cluster.kubectl, namespace);
  });

  const examined = async (...flags: string[]): Promise<{ code: number | null; checks: Check[] }> => {
    const program = ['doctor', '-o', 'json', '--port', '0', '--namespace', namespace];
    const store = ['--store', `sqlite:${folder.path}/queue.db`];
    const { code, stdout } = await runProgram([
      ...program,
      ...store,
      '--kubeconfig',
      `${folder.path}/kubeconfig`,
      ...flags,
    ]);
    return { code, checks: (JSON.parse(stdout) as { checks: Check[] }).checks };
  };
  const named = (checks: readonly Check[], name: string): Check | undefined =>
    checks.find(({ check }) => check === name);

  it('names the rights that are missing, and the manifests that give them', async () => {
    await accountWithRights({ ...cluster, namespace, others: [], folder: folder.path });
    await cluster.kubectl('delete', 'rolebinding', '--all', '-n', namespace);
    const { code, checks } = await examined();
    expect(named(checks, 'cluster')).toMatchObject({ status: 'ok' });
    expect(named(checks, 'kubernetes')).toMatchObject({ status: 'ok', message: expect.stringMatching(/^v1\.\d+/) });
    expect(named(checks, 'clock')).toMatchObject({ status: 'ok' });
    expect(named(checks, 'rights namespace')).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('create jobs (batch)'),
      advice: `kubectl apply -n ${namespace} -f deploy/rbac/namespace.yaml`,
    });
    expect(named(checks, 'rights results')).toMatchObject({ status: 'warn' });
    expect(named(checks, 'job')).toMatchObject({ status: 'fail', message: expect.stringContaining('forbidden') });
    expect(code).toBe(1);
    const asked = await examined('--controllers', 'results');
    expect(named(asked.checks, 'rights results')).toMatchObject({ status: 'fail' });
  });

  it('finds all well when the manifests are applied', async () => {
    const files: Additional[] = ['health', 'podgroup', 'results', 'results-ttl', 'jobset', 'jobset-lookups'];
    await cluster.kubectl('delete', 'role', '--all', '-n', namespace);
    for (const file of ['namespace' as const, ...files]) await grant(file, cluster.kubectl, namespace);
    const { code, checks } = await examined('--results-ttl', '30d');
    expect(checks.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(checks.map(({ check }) => check)).toEqual(expect.arrayContaining(['rights results-ttl', 'job', 'jobsets']));
    expect(code).toBe(0);
  });
});
