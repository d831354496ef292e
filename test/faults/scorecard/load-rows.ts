// The rows that there are: every module of test/faults/rows/, `NN-noun.ts`, by its number.
import { pathToFileURL } from 'node:url';
import { repositoryFiles, repositoryRoot } from '../../support/repository.ts';
import type { Row } from './row.ts';

/** Throws an Error that names the module when it has no row or the number of its file is another one. */
export async function loadRows(): Promise<Map<number, Row>> {
  const rows = new Map<number, Row>();
  for (const path of repositoryFiles('test/faults/rows/*.ts')) {
    const number = Number(/\/(\d+)-[^/]+\.ts$/.exec(path)?.[1]);
    const { row } = (await import(pathToFileURL(`${repositoryRoot}${path}`).href)) as { row?: Row };
    if (row?.number !== number) throw new Error(`${path} exports no row with the number of its name`);
    rows.set(number, row);
  }
  return rows;
}
