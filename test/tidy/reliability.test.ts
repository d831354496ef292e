// docs/reliability.md is what the program makes from the rows and the committed figures: nobody mends a figure by hand.
import { describe, expect, it } from 'vitest';
import type { Figures } from '../faults/scorecard/figures.ts';
import { loadRows } from '../faults/scorecard/load-rows.ts';
import { reliabilityPage } from '../faults/scorecard/page.ts';
import { tableOfFaults } from '../faults/scorecard/table.ts';
import { readRepositoryFile, repositoryFiles } from '../support/repository.ts';

const rows = await loadRows();
const figures = JSON.parse(readRepositoryFile('docs/reliability.json')) as Figures[];

describe('docs/reliability.md', () => {
  it('is what `make reliability` makes of docs/reliability.json and the rows', () => {
    const made = reliabilityPage(rows, figures).split('\n');
    const page = readRepositoryFile('docs/reliability.md').split('\n');
    const old = page.filter((line) => !made.includes(line));
    const missing = made.filter((line) => !page.includes(line));
    expect({ old, missing }, 'run `make reliability`').toEqual({ old: [], missing: [] });
    expect(page).toEqual(made);
  });

  it('has figures of rows that there are only', () => {
    const numbers = new Set(tableOfFaults.map((words) => words.number));
    expect([...rows.keys(), ...figures.map((one) => one.row)].filter((number) => !numbers.has(number))).toEqual([]);
  });
});

describe('every row', () => {
  const tests = repositoryFiles('test/faults/*.test.ts', 'test/faults/cluster/*.test.ts');

  it('has one test file, which has its number', () => {
    const numbers = tests.flatMap((path) => /\/(\d+)-[^/]+$/.exec(path)?.[1] ?? []).map(Number);
    expect(numbers.sort((a, b) => a - b)).toEqual([...rows.keys()].sort((a, b) => a - b));
  });

  it('either has trials or says what it comes with', () => {
    const empty = [...rows.values()].filter((row) => row.large.trials === 0);
    expect(empty.filter((row) => row.comesWith === undefined)).toEqual([]);
  });
});
