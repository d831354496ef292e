// What the queue's rows say about results: wanted or not, and until when a Job must stay.
import { describe, expect, it } from 'vitest';
import { type Row, untilDeletion, wantsResult } from '../../../../../internal/controllers/results/queue-rules.ts';
import { savedOutcome } from '../../../../../internal/controllers/results/saved-outcome.ts';
import type { Attempt } from '../../../../../pkg/models/index.ts';

const times = { now: 1_000_000, startedAt: 900_000, lateCreateMs: 90_000 };

describe('the Job of an attempt', () => {
  it.each<[string, Row<Pick<Attempt, 'finishedAt' | 'unknownAt'>>, number]>([
    ['that no row knows may go', undefined, 0],
    ['whose row cannot be read stays for now', 'unreadable', 1_000],
    ['whose end is not recorded stays for now', {}, 1_000],
    ['whose end is recorded may go', { finishedAt: 999_000 }, 0],
    ['with a create without an answer stays until that is over', { finishedAt: 999_000, unknownAt: 950_000 }, 40_000],
    ['with one that is over may go', { finishedAt: 999_000, unknownAt: 905_000 }, 0],
    ['of an earlier start counts from this one', { finishedAt: 899_999, unknownAt: 100 }, 0],
    ['of an earlier start with a clock that was set counts from this one', { finishedAt: 1, unknownAt: 5_000_000 }, 0],
  ])('%s', (_name, attempt, expected) => {
    expect(untilDeletion(attempt, times)).toBe(expected);
  });

  it('of an earlier start waits as long as a create of that start could be carried out', () => {
    const attempt = { finishedAt: 949_999, unknownAt: 5 };
    expect(untilDeletion(attempt, { ...times, startedAt: 950_000 })).toBe(40_000);
  });
});

describe('a result', () => {
  it.each([
    ['of a job that asks for it', { rules: { results: true } }, true],
    ['of a job that asks for none', { rules: {} }, false],
    ['of no job', undefined, false],
    ['of a job that cannot be read', 'unreadable', 'unreadable'],
  ] as const)('%s', (_name, job, wanted) => {
    expect(wantsResult(job)).toBe(wanted);
  });

  it('is not called absent when the store does not say whether there is one', async () => {
    const cluster = { get: () => Promise.reject(new Error('nobody asks')) };
    const reference = { kind: 'Job', namespace: 'default', name: 'work-1', uid: 'u' } as const;
    expect(await savedOutcome(cluster, 'unreadable', reference, 'j', 1)).toMatchObject({ outcome: 'unknown' });
    expect(await savedOutcome(cluster, false, reference, 'j', 1)).toEqual({ outcome: 'ok', value: undefined });
  });
});
