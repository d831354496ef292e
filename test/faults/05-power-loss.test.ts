import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TemporaryFolder } from '../support/temporary-folder.ts';
import { row, storeTrial } from './rows/05-power-loss.ts';
import { describeRow } from './scorecard/describe-row.ts';
import { shimUnavailable } from './support/disk/disk-shim.ts';
import { memoryFolder } from './support/power/memory-folder.ts';

const unavailable = shimUnavailable();
describeRow(row, { unavailable });

describe.skipIf(unavailable !== undefined)('the harness of power losses', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = memoryFolder();
  });
  afterEach(() => folder.remove());

  test.each(['NORMAL', 'OFF'])('notices that synchronous=%s loses acknowledged commits', async (synchronous) => {
    const parts = [{ commits: 2, end: 'close', patches: { pragmas: { synchronous } } }] as const;
    const { problems } = await storeTrial(1, parts, 'small', folder.path);
    expect(problems).toContainEqual(expect.stringMatching(/commits? were acknowledged, only \d are there/));
  });
});
