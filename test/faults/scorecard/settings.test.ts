import { describe, expect, it } from 'vitest';
import { defaultResultsPath, parseBudget, parsePieces, parseRows, scorecardSettings } from './settings.ts';

describe('the settings of a run', () => {
  it('are the small column without a record, from the first seed, when nothing is asked for', () => {
    expect(scorecardSettings({})).toEqual({
      ...{ column: 'small', firstSeed: 1, resultsPath: undefined },
      ...{ piecesPerRow: Number.POSITIVE_INFINITY, deadlineMs: Number.POSITIVE_INFINITY },
    });
  });

  it('are a record of the small column where one is wanted', () => {
    expect(scorecardSettings({ KUBEJOBS_SCORECARD_RESULTS: 'a.jsonl' })).toMatchObject({
      ...{ column: 'small', resultsPath: 'a.jsonl' },
    });
  });

  it('of the large column always keep a record', () => {
    expect(scorecardSettings({ KUBEJOBS_SCORECARD: 'large' }).resultsPath).toBe(defaultResultsPath);
  });

  it('take rows, pieces and a budget as people write them', () => {
    expect(parseRows('4,5')).toEqual([4, 5]);
    expect(parseRows('')).toEqual([]);
    expect(parsePieces('3')).toBe(3);
    expect(parsePieces('')).toBeUndefined();
    expect([parseBudget('90s'), parseBudget('30m'), parseBudget('8h')]).toEqual([90_000, 1_800_000, 28_800_000]);
    expect(parseBudget('')).toBeUndefined();
  });

  const wrong: Array<[string, () => unknown]> = [
    ['ROWS=four', () => parseRows('four')],
    ['ROWS=0', () => parseRows('0')],
    ['PIECES=0', () => parsePieces('0')],
    ['PIECES=some', () => parsePieces('some')],
    ['BUDGET=30', () => parseBudget('30')],
    ['BUDGET=half an hour', () => parseBudget('half an hour')],
  ];
  it.each(wrong)('refuse %s and say what is allowed', (text, parse) => {
    expect(parse).toThrow(new RegExp(`^${text} must be .* such as`));
  });
});
