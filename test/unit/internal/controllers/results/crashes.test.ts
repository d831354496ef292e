// The protocol of saved results with the program killed at every call, and at every call of the life after that.
import { describe, expect, it } from 'vitest';
import { type Death, endings } from '../../../../faults/support/results/mortal-cluster.ts';
import { playResults, type ResultsScene } from '../../../../faults/support/results/results-world.ts';

const scenes: Array<[string, Omit<ResultsScene, 'seed' | 'deaths'>]> = [
  ['that succeeded', {}],
  ['that failed', { fails: true }],
  ['of the queue', { recordedAfterMs: 30_000 }],
  ['whose name an earlier one had', { taken: 'by an earlier Job' }],
  ['whose place is somebody else’s', { taken: 'by somebody else' }],
];

describe('the result of a Job', () => {
  it.each(scenes)('%s is saved once and told once when nothing goes wrong', async (_name, scene) => {
    expect((await playResults({ ...scene, seed: 1 })).problems).toEqual([]);
  });

  it.each(scenes)('%s survives a death at any call and at any call after it', async (_name, scene) => {
    const { calls } = await playResults({ ...scene, seed: 1 });
    const deaths = deathsWithin(calls[0] ?? 0);
    expect(deaths.length).toBeGreaterThan(5);
    const seen = new Set<string>();
    for (const first of deaths) {
      const one = await playResults({ ...scene, seed: 1, deaths: [first] });
      expect(one.problems, JSON.stringify(first)).toEqual([]);
      for (const second of deathsWithin(one.calls[1] ?? 0).filter(({ ending }) => ending !== 'before')) {
        const two = await playResults({ ...scene, seed: 1, deaths: [first, second] });
        expect(two.problems, JSON.stringify([first, second])).toEqual([]);
        for (const point of two.diedAt) seen.add(point);
      }
    }
    expect([...seen].some((point) => point.startsWith('late create'))).toBe(true);
  });

  it.each([
    ['', {}],
    [', whose name a large earlier one had,', { taken: 'by an earlier Job' }],
  ] as const)('in several parts%s survives a death at any call', async (_name, more) => {
    const scene = { large: true, fails: true, seed: 7, ...more };
    const { calls, problems } = await playResults(scene);
    expect(problems).toEqual([]);
    for (const atCall of Array.from({ length: calls[0] ?? 0 }, (_, index) => index + 1)) {
      const ending = endings[atCall % endings.length] ?? 'after';
      const { problems: found } = await playResults({ ...scene, deaths: [{ atCall, ending }] });
      expect(found, `${ending} ${atCall}`).toEqual([]);
    }
  });
});

function deathsWithin(calls: number): Death[] {
  const numbers = Array.from({ length: calls }, (_, index) => index + 1);
  return numbers.flatMap((atCall) => endings.map((ending) => ({ atCall, ending })));
}
