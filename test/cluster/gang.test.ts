// The story of examples/gang, which `make demo-gang` tells: the deadlock stands while nobody resolves it, and is gone when
// the least important gang has given way.
import { beforeAll, expect, it } from 'vitest';
import { type Outcome, playGangs, storyCluster } from './gang/story.ts';
import { describeOwnCluster } from './harness/own-cluster.ts';

describeOwnCluster('gangs that wait for one another', storyCluster, (cluster) => {
  const lines: string[] = [];
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = await playGangs({ cluster: cluster(), say: (line) => lines.push(line), standsMs: 5_000 });
  });

  const attempts = (jobs: Outcome['resolved']) =>
    Object.fromEntries(jobs.map(({ name, attempts: all }) => [name, all.map(({ outcome: how }) => how ?? 'goes on')]));

  it('stay so, and are named, when kubejobs is not to resolve it', () => {
    expect(outcome.deadlocked).toEqual(['default/blue', 'default/green', 'default/red']);
    expect(outcome.unresolved.map(({ state }) => state)).toEqual(['running', 'running', 'running']);
    expect(attempts(outcome.unresolved)).toEqual({ red: ['goes on'], green: ['goes on'], blue: ['goes on'] });
  });

  it('finish when the least important one goes back to the queue, and then it does, too', () => {
    expect(attempts(outcome.resolved), lines.join('\n')).toEqual({
      red: ['succeeded'],
      green: ['succeeded'],
      blue: ['gave_way', 'succeeded'],
    });
    const [red, green, blue] = outcome.resolved.map(({ finished_at }) => Date.parse(finished_at ?? ''));
    expect(Math.max(red ?? 0, green ?? 0)).toBeLessThan(blue ?? 0);
  });
});
