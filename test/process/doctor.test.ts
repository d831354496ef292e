// `kubejobs doctor` as a user runs it: the same flags as the server, one line a check, exit codes by the worst.
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runProgram, startServer } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Report {
  status: string;
  checks: Array<{ check: string; status: string; message: string; advice?: string }>;
}

describe('kubejobs doctor', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('finds nothing wrong with a dry run, in lines', async () => {
    const { code, stdout } = await runProgram(['doctor', '--dry-run', '--port', '0']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split(/\s+/).slice(0, 2).join(' '))).toEqual([
      ...['ok configuration', 'ok node', 'ok address', 'ok store', 'ok cluster'],
    ]);
    expect(code).toBe(0);
  });

  it('knows a server that answers at its address and holds its store', async () => {
    const store = `sqlite:${join(folder.path, 'queue.db')}`;
    const server = await startServer(['--store', store]);
    const { port } = new URL(server.url);
    const beside = ['doctor', '--dry-run', '--store', store, '-o', 'json'];
    const itself = await runProgram([...beside, '--port', port]);
    const { checks } = JSON.parse(itself.stdout) as Report;
    expect(checks.find(({ check }) => check === 'server')).toMatchObject({ status: 'ok' });
    expect(checks.find(({ check }) => check === 'store')?.message).toContain('in use by the server that answers');
    expect(itself.code).toBe(0);
    const second = await runProgram([...beside, '--port', '0']);
    expect(JSON.parse(second.stdout)).toMatchObject({ status: 'fail' });
    expect(second.stdout).toContain(`process ${server.process.pid}`);
    expect(second.code).toBe(1);
    await server.kill('SIGTERM');
  });

  it('answers 2 for flags and files that the server would not start with, and says which', async () => {
    const wrong = await runProgram(['doctor', '--dry-run', '--auth', 'tokens:nowhere.yaml']);
    expect(wrong.stdout).toMatch(/^fail {2}configuration {2}--auth cannot be used: nowhere\.yaml is not there/);
    expect(wrong.code).toBe(2);
    expect((await runProgram(['doctor', '--max-concurrency', '0'])).code).toBe(2);
  });

  it('fails for a cluster that does not answer, and says what to do', async () => {
    const kubeconfig = join(folder.path, 'none');
    const { code, stdout } = await runProgram([
      'doctor',
      '--port',
      '0',
      '--store',
      'memory',
      '--kubeconfig',
      kubeconfig,
    ]);
    expect(stdout).toMatch(/^fail {2}cluster .* → give --kubeconfig/m);
    expect(code).toBe(1);
  });
});
