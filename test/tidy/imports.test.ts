// The import table is the architecture: this test keeps the code, the table and the docs the same.
import { describe, expect, it } from 'vitest';
import { importViolations } from '../support/import-violations.ts';
import { readRepositoryFile, repositoryFiles } from '../support/repository.ts';
import { renderImportTable } from './import-table.ts';

const sources = repositoryFiles('cmd/**.ts', 'pkg/**.ts', 'internal/**.ts', 'web/**.ts', 'web/**.tsx');

describe('the import table', () => {
  it('is obeyed by every file of cmd, pkg, internal and web', () => {
    expect(sources.length).toBeGreaterThan(40);
    expect(sources.flatMap((path) => importViolations(path, readRepositoryFile(path)))).toEqual([]);
  });

  it('is the one that docs/architecture.md shows', () => {
    expect(readRepositoryFile('docs/architecture.md')).toContain(renderImportTable());
  });
});

describe('a forbidden import is found', () => {
  const cases: Array<[title: string, path: string, text: string]> = [
    ['of another folder', 'internal/core/a.ts', "import { Engine } from '../engine/engine.ts';"],
    ['for its type', 'pkg/api/a.ts', "import type { Engine } from '../../internal/engine/engine.ts';"],
    ['inside a type', 'pkg/api/a.ts', "type E = import('../../internal/engine/engine.ts').Engine;"],
    ['at run time', 'pkg/api/a.ts', "const e = await import('../../internal/engine/engine.ts');"],
    ['by re-export', 'pkg/models/a.ts', "export { Core } from '../../internal/core/core.ts';"],
    ['of a value where only types are allowed', 'internal/dispatcher/a.ts', "import { Core } from '../core/core.ts';"],
    ['of a store where only its interface is', 'internal/engine/a.ts', "import { m } from '../store/memory.ts';"],
    ['of the real clock', 'internal/engine/a.ts', "import { systemClock } from '../platform/clock.ts';"],
    [
      'of the real clock under another name',
      'pkg/api/a.ts',
      "import { systemClock as c } from '../../internal/platform/clock.ts';",
    ],
    ['of a package in the core', 'internal/core/a.ts', "import { v7 } from 'uuid';"],
    ['of a package away from its home', 'internal/engine/a.ts', "import Database from 'better-sqlite3';"],
    ['of the program', 'pkg/api/a.ts', "import { buildProgram } from '../../cmd/kubejobs/main.ts';"],
    ['of the server by the dashboard', 'web/queue/a.tsx', "import { rules } from '../../pkg/api/rules.ts';"],
    ['of Node by the dashboard', 'web/queue/a.tsx', "import { readFileSync } from 'node:fs';"],
    ['in a folder that the table does not know', 'internal/other/a.ts', ''],
  ];
  it.each(cases)('%s', (_title, path, text) => {
    const violations = importViolations(path, text);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain(path);
  });
});

describe('an allowed import passes', () => {
  const cases: Array<[title: string, path: string, text: string]> = [
    ['of a neighbour', 'internal/core/a.ts', "import { b } from './policies/b.ts';"],
    ['of a type', 'internal/dispatcher/a.ts', "import type { Effect } from '../core/decisions.ts';"],
    ['of types one by one', 'internal/dispatcher/a.ts', "import { type Effect } from '../core/decisions.ts';"],
    ['of the seeded random', 'internal/engine/a.ts', "import { seededRandom } from '../platform/random.ts';"],
    [
      'of anything by the program',
      'cmd/kubejobs/a.ts',
      "import { systemClock } from '../../internal/platform/clock.ts';",
    ],
  ];
  it.each(cases)('%s', (_title, path, text) => {
    expect(importViolations(path, text)).toEqual([]);
  });
});
