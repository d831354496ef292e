// Nothing but the program and platform may look at a real clock or at real chance: only then can all of it be simulated.
import { describe, expect, it } from 'vitest';
import { clockViolations } from '../support/clock-violations.ts';
import { readRepositoryFile, repositoryFiles } from '../support/repository.ts';

const sources = repositoryFiles('pkg/**.ts', 'internal/**.ts').filter((path) => !path.startsWith('internal/platform/'));

describe('real clocks and real chance', () => {
  it('are used by cmd and internal/platform only', () => {
    expect(sources.length).toBeGreaterThan(40);
    expect(sources.flatMap((path) => clockViolations(path, readRepositoryFile(path)))).toEqual([]);
  });

  const found = [
    'const at = Date.now();',
    'const at = globalThis.Date.now();',
    'const read = Date.now;',
    'const at = new Date();',
    'const at = new Date;',
    'const text = Date();',
    'const at = performance.now();',
    'const at = process.hrtime.bigint();',
    'const chance = Math.random();',
    'setTimeout(run, 10);',
    'globalThis.setTimeout(run, 10);',
    'const later = setTimeout;',
    'setInterval(run, 10);',
    'setImmediate(run);',
    'const signal = AbortSignal.timeout(10);',
    'const id = crypto.randomUUID();',
    "import { randomUUID } from 'node:crypto';",
    "import { v7 } from 'uuid';",
    "import { v4 as id } from 'uuid';",
    "import { setTimeout as delay } from 'node:timers/promises';",
    "import { setTimeout as delay } from 'timers/promises';",
    "import { performance } from 'node:perf_hooks';",
  ];
  it.each(found)('are found in %s', (text) => {
    const violations = clockViolations('pkg/api/a.ts', text);
    expect(violations.length).toBeGreaterThan(0);
    expect(violations[0]).toMatch(/^pkg\/api\/a\.ts:1 .*: take the (Clock|Random) of internal\/platform\//);
  });

  const fine = [
    'const at = new Date(clock.now());',
    'const at = Date.parse(text);',
    'const at = clock.now();',
    'socket.setTimeout(0);',
    'const id = random.uuid(at);',
    "import { parse, stringify } from 'uuid';",
    '// Date.now() in a comment',
    "const text = 'Date.now()';",
    'interface Socket { setTimeout(ms: number): void }',
  ];
  it.each(fine)('are not seen in %s', (text) => {
    expect(clockViolations('pkg/api/a.ts', text)).toEqual([]);
  });
});
