import { appendFileSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { aLine, aRow } from './builders.ts';
import { appendResult, piecesLeft, readResults } from './results.ts';
import { currentRevision } from './revision.ts';
import { piecesOf } from './row.ts';
import { runPiece } from './run-piece.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());
let files = 0;

function newFile(): string {
  files += 1;
  return `${folder.path}/scorecard-${files}/results.jsonl`;
}

const revision = { commit: 'a'.repeat(40), dirty: false };
const row = aRow();
const pieces = piecesOf(row, 'large', 1);

describe('the pieces of a column', () => {
  it('have all its trials, each once, the last piece what is left', () => {
    expect(pieces).toEqual([
      { column: 'large', seed: 1, trials: 4 },
      { column: 'large', seed: 5, trials: 4 },
      { column: 'large', seed: 9, trials: 2 },
    ]);
    expect(piecesOf(row, 'small', 7)).toEqual([{ column: 'small', seed: 7, trials: 2 }]);
    expect(piecesOf(aRow({ small: { trials: 0 } }), 'small', 1)).toEqual([]);
  });
});

describe('a run that was interrupted', () => {
  it('goes on with the pieces that are missing', async () => {
    const path = newFile();
    await runPiece(row, pieces[1] as (typeof pieces)[number], { path, revision });
    const left = piecesLeft(15, pieces, readResults(path), revision);
    expect(left.map((piece) => piece.seed)).toEqual([1, 9]);
  });

  it('loses no more than the line that was being written', async () => {
    const path = newFile();
    appendResult(path, aLine({ seed: 1 }));
    appendFileSync(path, '{"row":15,"column":"lar');
    await runPiece(row, pieces[2] as (typeof pieces)[number], { path, revision });
    expect(readResults(path).map((line) => line.seed)).toEqual([1, 9]);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(4);
  });

  it('does not take a piece of another row, column, size or revision for its own', () => {
    const others = [
      aLine({ row: 14 }),
      aLine({ column: 'small' }),
      aLine({ trials: 3 }),
      aLine({ commit: 'b'.repeat(40) }),
      aLine({ dirty: true, difference: '123' }),
    ];
    expect(piecesLeft(15, pieces, others, revision)).toEqual(pieces);
  });

  it('has nothing to go on with before its first piece', () => {
    expect(piecesLeft(15, pieces, readResults(newFile()), revision)).toEqual(pieces);
  });
});

describe('a piece', () => {
  it('is written down with its figures, its revision and its machine', async () => {
    const path = newFile();
    const result = { trials: 4, violations: [], counts: { kills: 4 }, worst: { recovery_ms: 12 } };
    await runPiece(aRow({ run: () => Promise.resolve(result) }), pieces[0] as (typeof pieces)[number], {
      path,
      revision,
    });
    const [line] = readResults(path);
    expect(line).toMatchObject({ row: 15, column: 'large', seed: 1, ...result, violation_count: 0, ...revision });
    expect(line?.machine).toEqual({ cores: expect.any(Number), node: process.version });
    expect(new Date(line?.date ?? '').toISOString()).toBe(line?.date);
  });

  it('that found violations is finished, and keeps the first of them', async () => {
    const path = newFile();
    const violations = Array.from({ length: 50 }, (_, index) => `seed ${index} went wrong`);
    const failing = aRow({ run: () => Promise.resolve({ trials: 4, violations }) });
    await runPiece(failing, pieces[0] as (typeof pieces)[number], { path, revision });
    expect(readResults(path)).toMatchObject([{ violations: violations.slice(0, 20), violation_count: 50 }]);
    expect(piecesLeft(15, pieces, readResults(path), revision)).toHaveLength(2);
  });

  it('in which the harness broke is written down and run again', async () => {
    const path = newFile();
    const broken = aRow({ run: () => Promise.reject(new Error('no cluster')) });
    const run = runPiece(broken, pieces[0] as (typeof pieces)[number], { path, revision });
    await expect(run).rejects.toThrow('no cluster');
    expect(readResults(path)).toMatchObject([{ error: 'Error: no cluster', trials: 0 }]);
    expect(piecesLeft(15, pieces, readResults(path), revision)).toEqual(pieces);
  });

  it('of which nobody keeps a record leaves none', async () => {
    expect(await runPiece(row, pieces[0] as (typeof pieces)[number])).toEqual({ trials: 4, violations: [] });
  });
});

describe('a revision', () => {
  it('is the last commit of the program or its tests, with a hash of what is not committed', () => {
    const { commit, dirty, difference } = currentRevision();
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect(difference === undefined).toBe(!dirty);
  });
});
