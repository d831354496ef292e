import { describe, expect, it } from 'vitest';
import { problemMemory, redacted } from '../../../../internal/platform/problem-memory.ts';
import { recordingLogger } from '../../../support/recorders.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

function aMemory() {
  const clock = virtualClock(1_000);
  const log = recordingLogger();
  return { clock, log, ...problemMemory(log, clock) };
}

describe('the memory of problems', () => {
  it('hands every line on, and keeps warnings and errors, the newest first', async () => {
    const { clock, log, logger, problems } = aMemory();
    logger.info({}, 'all is well');
    logger.warn({ problem: 'refused' }, 'the API server does not answer');
    await clock.advance(500);
    logger.error({ code: 'io' }, 'a commit failed');
    await clock.advance(500);
    logger.warn({ problem: 'reset' }, 'the API server does not answer');
    expect(log.lines).toHaveLength(4);
    expect(problems()).toEqual([
      {
        ...{ level: 'warn', message: 'the API server does not answer', count: 2 },
        ...{ firstAt: 1_000, lastAt: 2_000, fields: { problem: 'reset' } },
      },
      { level: 'error', message: 'a commit failed', count: 1, firstAt: 1_500, lastAt: 1_500, fields: { code: 'io' } },
    ]);
  });

  it('forgets the oldest message beyond a hundred, and cuts long fields', () => {
    const { logger, problems } = aMemory();
    for (let index = 0; index < 150; index += 1) logger.warn({ text: 'x'.repeat(9_000) }, `message ${index}`);
    expect(problems()).toHaveLength(100);
    expect(problems().at(-1)?.message).toBe('message 50');
    expect(problems()[0]?.fields.text).toHaveLength(500);
  });

  it.each([
    ['connect to https://ann:hunter2@hooks.example/a failed', 'connect to https://hooks.example/a failed'],
    ['POST https://hooks.example/a?key=hunter2#b: 500', 'POST https://hooks.example/a 500'],
    ['Authorization: Bearer hunter2, then more', 'Authorization: *** ***, then more'],
    ['{"client_secret":"hunter2","name":"a"}', '{"client_secret":"***","name":"a"}'],
    ['password=hunter2 user=ann', 'password=*** user=ann'],
    [
      'jobs.batch is forbidden: User "a" cannot list resource',
      'jobs.batch is forbidden: User "a" cannot list resource',
    ],
  ])('takes secrets out of %s', (text, without) => {
    expect(redacted(text)).toBe(without);
  });
});
