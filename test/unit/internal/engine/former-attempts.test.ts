import { expect, it } from 'vitest';
import { standingOf } from '../../../../internal/engine/former-attempts.ts';
import type { StoreReader } from '../../../../internal/store/store.ts';
import type { Attempt } from '../../../../pkg/models/index.ts';
import { anAttempt } from '../../../support/job-builders.ts';

const standing = (row: Attempt | undefined, now = 100_000) => {
  const reader = { attempt: () => row } as Partial<StoreReader> as StoreReader;
  return standingOf({ store: { reader }, clock: { now: () => now } }, 'a', 1);
};

it.each<[what: string, row: Attempt | undefined, standing: string | undefined]>([
  ['that no row knows has none', undefined, undefined],
  ['that has not ended runs', anAttempt(), 'running'],
  ['that is being cancelled is settling', anAttempt({ cancelRequestedAt: 99_999 }), 'settling'],
  ['that has ended is over', anAttempt({ finishedAt: 99_999 }), 'over'],
  [
    'that has ended, whose lost create may land, is settling',
    anAttempt({ finishedAt: 2, unknownAt: 10_001 }),
    'settling',
  ],
  [
    'that has ended, whose lost create can land no more, is over',
    anAttempt({ finishedAt: 2, unknownAt: 10_000 }),
    'over',
  ],
])('an attempt %s', (_what, row, expected) => {
  expect(standing(row)).toBe(expected);
});
