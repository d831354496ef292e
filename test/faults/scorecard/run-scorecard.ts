// `make scorecard`: runs the large column of the rows that are asked for, all of them by default, one file after the
// other so that nothing else disturbs what is measured. Takes `--rows 4,5`, `--pieces 2`, `--budget 30m`; stop it at any
// time, and the next run goes on with the pieces that are missing.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { repositoryFiles, repositoryRoot } from '../../support/repository.ts';
import { currentRevision } from './revision.ts';
import { parseBudget, parsePieces, parseRows } from './settings.ts';

const flag = { type: 'string', default: '' } as const;
const { values } = parseArgs({ options: { rows: flag, pieces: flag, budget: flag } });

/** Each row has one test file, `NN-noun.test.ts`; those in `cluster/` need a control plane. */
function testFilesOf(rows: readonly number[]): string[] {
  const files = repositoryFiles('test/faults/*.test.ts', 'test/faults/cluster/*.test.ts');
  const numberOf = (file: string): number => Number(/\/(\d+)-[^/]+$/.exec(file)?.[1]);
  return files.filter((file) => (rows.length === 0 ? numberOf(file) > 0 : rows.includes(numberOf(file)))).sort();
}

function main(): number {
  const rows = parseRows(values.rows);
  const pieces = parsePieces(values.pieces);
  const budgetMs = parseBudget(values.budget);
  const files = testFilesOf(rows);
  if (files.length === 0) throw new Error(`no row of ${values.rows} has a test file in test/faults/`);
  const revision = currentRevision();
  if (revision.dirty) process.stderr.write('what is not committed goes into the results as dirty\n');
  const run = spawnSync('npx', ['vitest', 'run', '--no-file-parallelism', ...files], {
    cwd: repositoryRoot,
    stdio: 'inherit',
    env: {
      ...process.env,
      KUBEJOBS_SCORECARD: 'large',
      KUBEJOBS_SCORECARD_REVISION: JSON.stringify(revision),
      ...(pieces !== undefined && { KUBEJOBS_SCORECARD_PIECES: String(pieces) }),
      ...(budgetMs !== undefined && { KUBEJOBS_SCORECARD_DEADLINE: String(Date.now() + budgetMs) }),
    },
  });
  return run.status ?? 1;
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
