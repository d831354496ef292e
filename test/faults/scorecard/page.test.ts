import { describe, expect, it } from 'vitest';
import { aLine, aRow } from './builders.ts';
import { type Figures, figuresOf } from './figures.ts';
import { reliabilityPage } from './page.ts';
import type { ResultLine } from './results.ts';
import type { Row } from './row.ts';
import { tableOfFaults } from './table.ts';

function pageOf(row: Partial<Row>, ...lines: Array<Partial<ResultLine>>): string {
  const made = aRow(row);
  return reliabilityPage(new Map([[made.number, made]]), figuresOf(lines.map(aLine)));
}

/** The cells of row 15 in the table. */
function cellsOf(page: string): string[] {
  const line = page.split('\n').find((one) => one.startsWith('| [15]')) ?? '';
  return line.split(' | ').map((cell) => cell.replace(/^\| |\|$/g, '').trim());
}

const whole = [{ seed: 1 }, { seed: 5 }, { seed: 9, trials: 2 }];

describe('the page', () => {
  it('has all eighteen rows, whatever was run', () => {
    expect(tableOfFaults.map((words) => words.number)).toEqual(Array.from({ length: 18 }, (_, index) => index + 1));
    const page = reliabilityPage(new Map(), []);
    for (const { number, fault } of tableOfFaults) {
      expect(page).toContain(`| [${number}](#row-${number}) | ${fault} |`);
      expect(page).toContain(`### Row ${number}\n`);
    }
  });

  it('says in a row what every CI run does and what was run last', () => {
    const [, fault, how, each, last, required, verdict] = cellsOf(pageOf({}, ...whole));
    expect([fault, how, each, required]).toEqual(['gremlins', 'let in after midnight', '2 runs', 'nothing eaten']);
    expect(last).toBe('10 runs, 0 violations (below 30 %), 2026-11-21');
    expect(verdict).toBe('holds');
  });

  const verdicts: Array<[string, string, () => string]> = [
    ['holds', 'every trial was run', () => pageOf({}, ...whole)],
    [
      '**does not hold**: 1 violations',
      'one trial failed',
      () => pageOf({}, { violations: ['seed 3'] }, ...whole.slice(1)),
    ],
    ['holds so far: 4 of 10 runs', 'a part was run', () => pageOf({}, { seed: 1 })],
    ['not run', 'nothing was run', () => pageOf({})],
    ['not run before a release; holds in the small column', 'only CI ran', () => pageOf({}, { column: 'small' })],
    ['**does not hold**: 1 violations', 'CI failed', () => pageOf({}, { column: 'small', violations: ['seed 1'] })],
    ['unfinished: 1 pieces broke', 'the harness broke', () => pageOf({}, ...whole, { seed: 13, error: 'broken' })],
    ['comes with the moon', 'its subject is not there', () => pageOf({ comesWith: 'the moon' })],
    ['not there yet', 'nobody wrote the row', () => reliabilityPage(new Map(), [])],
  ];
  it.each(verdicts)('has the verdict “%s” when %s', (verdict, _when, page) => {
    expect(cellsOf(page()).at(-1)).toBe(verdict);
  });

  it('bounds the rate by three in n, and by nothing where a trial failed or every case is run', () => {
    const lastOf = (page: string) => cellsOf(page)[4];
    expect(lastOf(pageOf({ large: { trials: 50_000 } }, { trials: 50_000 }))).toContain('(below 0.006 %)');
    expect(lastOf(pageOf({}, { trials: 3 }))).not.toContain('below');
    expect(lastOf(pageOf({}, { trials: 100, violations: ['seed 3'] }))).not.toContain('below');
    const rows = new Map([[5, aRow({ number: 5 })]]);
    const exhaustive: Figures[] = figuresOf([aLine({ row: 5, trials: 100 })]);
    expect(reliabilityPage(rows, exhaustive)).not.toContain('below 3 %');
  });

  it('shows where figures come from, what was exercised, the worst, and violations as plain text', () => {
    const line = { violations: ['seed 3: <b>| two\nlines'], counts: { kills: 1_234 }, worst: { recovery_ms: 7.5 } };
    const page = pageOf({ note: 'Mind the gap.' }, { ...line, dirty: true, difference: '1' });
    expect(page).toContain('Mind the gap.');
    expect(page).toContain('seeds 1–4; 1 violations; 1 s; commit `aaaaaaaaaa` with changes that were not committed');
    expect(page).toContain('2026-11-21; 2 cores, Node 20.19.0');
    expect(page).toContain('exercised: `kills` 1,234');
    expect(page).toContain('worst: `recovery_ms` 7.5');
    expect(page).toContain('violation: seed 3: \\<b\\>\\| two lines');
  });
});
