import { describe, expect, it } from 'vitest';
import type { ClusterEvent } from '../../../../internal/core/events.ts';
import { strayDecisions } from '../../../../internal/engine/strays.ts';
import { silentLogger } from '../../../../internal/platform/logger.ts';
import { eventOf, idOf } from '../../../support/core-builders.ts';
import { anEngine, effectsOf } from '../../../support/engine-builders.ts';
import { anAttempt } from '../../../support/job-builders.ts';

type AttemptNews = Extract<ClusterEvent, { jobId: string }>;

const news = (word: string, options = {}) => eventOf(word, 1_000, 'a', options) as AttemptNews;
const over = anAttempt({ finishedAt: 5, outcome: 'cancelled' });
const kept = anAttempt({ finishedAt: 5, outcome: 'succeeded', cleanupAt: 900 });
const change = (cleanupAt: number | null) => [
  { kind: 'change_attempt', jobId: idOf('a'), attempt: 1, set: { cleanupAt } },
];
const deletion = [{ kind: 'delete_workload', jobId: idOf('a'), attempt: 1, propagation: 'background' }];

describe('news of an attempt that holds no slot', () => {
  it.each([
    ['a workload of an attempt that is over is deleted', news('runs'), over, deletion],
    ['so is one that a late create made', news('made'), over, deletion],
    ['a finished workload within its time to live is left alone', news('succeeded'), kept, []],
    ['one that no row knows is left alone', news('runs'), undefined, []],
    ['one whose attempt is not over is left alone', news('runs'), anAttempt(), []],
    ['a workload that others deleted needs no clean-up any more', news('missing'), kept, change(null)],
    ['nor does one whose deletion was taken', news('deleted'), kept, change(null)],
    ['a deletion that failed goes to the end of the line', news('delete-failed'), kept, change(61_000)],
    [
      'and waits as long as the server asked for',
      news('delete-failed', { 'retry-after': '90000' }),
      kept,
      change(91_000),
    ],
    [
      'but one that was asked for while the attempt ran does not shorten how long it is kept',
      news('delete-failed'),
      { ...kept, cleanupAt: 200_000 },
      change(200_000),
    ],
    ['the absence of what was never kept is no news', news('missing'), over, []],
    ['a failed deletion of a stray is left to the next sighting', news('delete-failed'), over, []],
    ['an answer to a create that is over says nothing', news('refused'), kept, []],
  ])('%s', (_rule, event, row, decisions) => {
    expect(strayDecisions(event, row, silentLogger)).toEqual(decisions);
  });

  it('reaches the cluster through a turn: a workload that shows up after its cancel is deleted', async () => {
    const test = await anEngine();
    await test.submit('a');
    await test.engine.change('cancel', test.idOf('a'));
    test.news('refused', 'a');
    await test.clock.settle();
    expect(test.store.reader.job(test.idOf('a'))?.state).toBe('cancelled');

    test.news('runs', 'a');
    await test.clock.settle();
    expect(effectsOf(test)).toEqual(['create a', 'delete a']);
    expect(test.released[1]).toMatchObject({ propagation: 'background', attempt: { workload: { name: 'a-1' } } });
  });
});
