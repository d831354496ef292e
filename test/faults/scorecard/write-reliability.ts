// `make reliability`: takes the results that are there into docs/reliability.json, and writes docs/reliability.md from it.
// Without results it only writes the page again.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { repositoryRoot } from '../../support/repository.ts';
import { type Figures, figuresOf, mergeFigures } from './figures.ts';
import { loadRows } from './load-rows.ts';
import { reliabilityPage } from './page.ts';
import { readResults } from './results.ts';
import { defaultResultsPath } from './settings.ts';

const figuresPath = `${repositoryRoot}docs/reliability.json`;
const older = existsSync(figuresPath) ? (JSON.parse(readFileSync(figuresPath, 'utf8')) as Figures[]) : [];
const figures = mergeFigures(older, figuresOf(readResults(defaultResultsPath)));
writeFileSync(figuresPath, `${JSON.stringify(figures, null, 2)}\n`);
writeFileSync(`${repositoryRoot}docs/reliability.md`, reliabilityPage(await loadRows(), figures));
