// In a process of its own, for what it does to the process is the point.
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { repositoryRoot } from '../../../support/repository.ts';

function run(script: string) {
  const arms = `import { Bomb } from './test/faults/support/kill/crash-points.ts'; const bomb = new Bomb();`;
  const words = ['--import', 'tsx', '--input-type=module', '--eval', `${arms}\n${script}`];
  return spawnSync(process.execPath, words, { cwd: repositoryRoot, encoding: 'utf8' });
}

it('a point that is armed ends the process at its time, and nothing after it happens', () => {
  const script = `
    bomb.arm({ point: 'after_commit', nth: 2 });
    bomb.reached('before_commit');
    bomb.reached('after_commit');
    console.log('once');
    bomb.reached('after_commit');
    console.log('twice');`;
  expect(run(script)).toMatchObject({ signal: 'SIGKILL', stdout: 'once\n', stderr: 'crash point: after_commit\n' });
});

it('a point that is not armed does nothing', () => {
  expect(run(`bomb.reached('after_commit'); console.log('on');`)).toMatchObject({ status: 0, stdout: 'on\n' });
});
