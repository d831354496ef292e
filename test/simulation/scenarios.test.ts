import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseScenario } from '../../internal/simulation/scenario.ts';
import { runScenario } from '../../internal/simulation/scenario-run.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const folder = join(import.meta.dirname, 'scenarios');
const startMs = Date.UTC(2030, 0, 1);

describe('each scenario goes as its lines say', () => {
  test.each(readdirSync(folder))('%s', async (file) => {
    const scenario = parseScenario(readFileSync(join(folder, file), 'utf8'));
    expect(await runScenario(scenario, virtualClock(startMs))).toEqual([]);
  });
});

describe('a scenario', () => {
  test('fails on what is not so, and names the line', async () => {
    const scenario = parseScenario(`
      concurrency 1
      t=0 submit a
      t=0 submit b
      t=1 expect running b
      t=1 expect pending a b
      t=1 expect a succeeded
      t=2 expect start b
      t=2 expect workloads 3
    `);
    expect(await runScenario(scenario, virtualClock(startMs))).toEqual([
      'line 5 (t=1 expect running b): found “a”',
      'line 6 (t=1 expect pending a b): found “b”',
      'line 7 (t=1 expect a succeeded): found “running”',
      'line 9 (t=2 expect workloads 3): found “1”',
      'line 8 (t=2 expect start b): found “”',
    ]);
  });

  test.each(['t=0 sing', 'concurrency many', 'durations 3s', 't=0 submit a colour=red', 'submit a', 't=0 submit'])(
    'with a line like “%s” is refused',
    (line) => {
      expect(() => parseScenario(line)).toThrow(`line 1 makes no sense: ${line}`);
    },
  );

  test('that goes back in time is refused', () => {
    expect(() => parseScenario('t=5 crash\nt=4 crash')).toThrow('line 2');
  });
});
