// kubejobs podgroups: what it asks, what it prints, how it ends.
import { describe, expect, it } from 'vitest';
import { commandLine } from '../../../../support/command-line.ts';
import { aScriptedServer, problem } from '../../../../support/scripted-server.ts';

const now = () => Date.parse('2026-11-04T10:00:00Z');
const since = '2026-11-04T09:30:00.000Z';
const train = {
  ...{ namespace: 'default', name: 'train', size: 4, size_from: 'annotation', pods: { Running: 4 } },
  ...{ labelled: 4, ready: true, since, waiting_pods: [] },
};
const stuck = {
  ...{ namespace: 'default', name: 'stuck', pods: { Running: 1, Unschedulable: 1 }, labelled: 0, ready: false, since },
  ...{
    reason: 'pods_unschedulable',
    message: 'unschedulable: b',
    waiting_pods: [{ name: 'b', state: 'Unschedulable' }],
  },
  deadlock: { since, groups: ['default/stuck', 'default/train'] },
};

describe('kubejobs podgroups', () => {
  it('prints a table on a terminal', async () => {
    const { url } = await aScriptedServer({ 'GET /podgroups': [train, stuck] });
    const { stdout } = await commandLine(['podgroups', '--server', url], { terminal: true, now });
    expect(stdout.split('\n')).toEqual([
      'NAMESPACE  NAME   READY  SIZE  PODS                        SINCE  REASON    MESSAGE',
      'default    train  yes    4     Running 4                   30m    -         -',
      'default    stuck  no     -     Running 1, Unschedulable 1  30m    deadlock  unschedulable: b',
      '',
    ]);
  });

  it('prints the server’s documents in a pipe, and names for others', async () => {
    const { url } = await aScriptedServer({ 'GET /podgroups': [train, stuck] });
    expect(JSON.parse((await commandLine(['podgroups', '--server', url])).stdout)).toEqual([train, stuck]);
    const names = await commandLine(['podgroups', '-o', 'name', '--server', url]);
    expect(names.stdout).toBe('default/train\ndefault/stuck\n');
    const wide = await commandLine(['podgroups', '-o', 'wide', '--server', url], { now });
    expect(wide.stdout).toContain('default/stuck, default/train');
  });

  it('hands its filters on', async () => {
    const { url, asked } = await aScriptedServer({ 'GET /podgroups': [] });
    const { code } = await commandLine(['podgroups', '-n', 'team', '--ready', 'no', '--server', url]);
    expect([code, asked.map(({ path }) => path)]).toEqual([0, ['/podgroups?namespace=team&ready=false']]);
  });

  it('shows one', async () => {
    const { url } = await aScriptedServer({ 'GET /podgroups/default/stuck': stuck });
    const { stdout } = await commandLine(['podgroups', 'default/stuck', '--server', url]);
    expect(JSON.parse(stdout)).toEqual(stuck);
  });

  it('refuses a name that is none', async () => {
    const { code, stderr } = await commandLine(['podgroups', 'stuck', '--server', 'http://127.0.0.1:1']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('NAMESPACE/NAME')]);
  });

  it('says what the server says', async () => {
    const { url } = await aScriptedServer({ 'GET /podgroups': problem('controller_off', { detail: 'it is off' }) });
    const { code, stderr } = await commandLine(['podgroups', '--server', url]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('it is off')]);
  });
});
