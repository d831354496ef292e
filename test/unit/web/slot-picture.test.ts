import { describe, expect, it } from 'vitest';
import type { JobDocument } from '../../../pkg/client/index.ts';
import { SlotPicture } from '../../../web/queue/slot-picture.ts';

const at = (seconds: number): string => new Date(seconds * 1_000).toISOString();

/** Named by a letter; `end` undefined while it runs. */
function job(name: string, start: number, end?: number): JobDocument {
  return {
    ...{ job_id: name, name, priority: 0, queue: 'default', attempt: 1, created_at: at(0), started_at: at(start) },
    ...(end === undefined ? { state: 'running' } : { state: 'succeeded', finished_at: at(end) }),
  };
}

/** `a 0-10, b 10-` for each slot. */
function shown(picture: SlotPicture): string[] {
  return picture.slots.map((bars) =>
    bars.map(({ name, start, end }) => `${name} ${start / 1_000}-${end === undefined ? '' : end / 1_000}`).join(', '),
  );
}

describe('the picture of the slots', () => {
  it('gives each job the lowest slot that was free when it started', () => {
    const picture = new SlotPicture();
    picture.update([job('d', 12), job('c', 10)], [job('a', 0, 10), job('b', 0, 12)], 0, 15_000);
    expect(shown(picture)).toEqual(['a 0-10, c 10-', 'b 0-12, d 12-']);
    expect([picture.inUse, picture.earliest]).toEqual([2, 0]);
  });

  it('keeps a job where it is when others end and are forgotten', () => {
    const picture = new SlotPicture();
    picture.update([job('a', 0), job('b', 1)], [], 0, 2_000);
    picture.update([job('b', 1)], [job('a', 0, 5)], 0, 6_000);
    picture.update([job('b', 1), job('c', 20)], [], 10_000, 21_000);
    expect(shown(picture)).toEqual(['c 20-', 'b 1-']);
  });

  it('ends a job that is told of no more, as one that waits for another attempt', () => {
    const picture = new SlotPicture();
    picture.update([job('a', 0)], [], 0, 1_000);
    picture.update([], [], 0, 4_000);
    expect(shown(picture)).toEqual(['a 0-4']);
    picture.update([], [job('a', 0, 3)], 0, 5_000);
    expect(shown(picture)).toEqual(['a 0-3']);
    expect(picture.inUse).toBe(0);
  });

  it('shows a further attempt beside the one before', () => {
    const picture = new SlotPicture();
    picture.update([{ ...job('a', 8), attempt: 2 }], [job('a', 0, 5)], 0, 9_000);
    expect(shown(picture)).toEqual(['a 0-5, a 8-']);
  });

  it('leaves out what never had a slot, and what ended before the time that is shown', () => {
    const picture = new SlotPicture();
    const { started_at: _, ...cancelled } = { ...job('x', 0, 3), state: 'cancelled' as const };
    picture.update([], [cancelled, job('old', 0, 5)], 6_000, 9_000);
    expect(shown(picture).join()).toBe('');
  });
});
