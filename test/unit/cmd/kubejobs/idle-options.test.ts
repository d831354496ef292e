import { describe, expect, it } from 'vitest';
import { warnOfIdleOptions } from '../../../../cmd/kubejobs/idle-options.ts';
import { parseConfiguration, serveOptions } from '../../../../internal/platform/configuration.ts';
import { recordingLogger } from '../../../support/recorders.ts';

function warningsOf(flags: Record<string, string>): unknown[] {
  const logger = recordingLogger();
  warnOfIdleOptions(parseConfiguration(serveOptions, flags, {}), logger);
  return logger.lines.map(({ level, fields }) => [level, fields]);
}

describe('options of a controller that does not run', () => {
  it('are named in a warning', () => {
    expect(
      warningsOf({ controllers: 'health', resultsTtl: '30d', gangDeadlockAfter: '5m', gangDeadlockResolve: 'true' }),
    ).toEqual([
      ['warn', { options: ['--gang-deadlock-after', '--gang-deadlock-resolve'] }],
      ['warn', { options: ['--results-ttl'] }],
    ]);
    expect(warningsOf({ dryRun: 'true', resultsLogs: 'status' })).toHaveLength(1);
  });

  it.each<[string, Record<string, string>]>([
    ['nobody gave one', { controllers: 'none' }],
    ['they have their defaults', { controllers: 'none', resultsTtl: 'never', gangDeadlockAfter: '60s' }],
    ['their controllers run', { resultsTtl: '30d', gangDeadlockAfter: '5m' }],
  ])('are not, where %s', (_, flags) => expect(warningsOf(flags)).toEqual([]));
});
