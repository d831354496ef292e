import { describe, expect, it } from 'vitest';
import type { EventDocument, JobDocument } from '../../../pkg/client/index.ts';
import { History } from '../../../web/queue/history.ts';

const begin = Date.parse('2026-11-04T09:30:00.000Z');
const at = (seconds: number): string => new Date(begin + seconds * 1_000).toISOString();

/** A UUIDv7 of that moment. */
function idAt(seconds: number, number = 0): string {
  const time = (begin + seconds * 1_000).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

function job(
  accepted: number,
  started: number,
  ended?: number,
  state: 'succeeded' | 'failed' = 'succeeded',
): JobDocument {
  return {
    ...{ job_id: idAt(accepted), name: 'a', priority: 0, queue: 'default', attempt: 1 },
    ...{ created_at: at(accepted), started_at: at(started) },
    ...(ended === undefined ? { state: 'running' as const } : { state, finished_at: at(ended) }),
  };
}

function event(accepted: number, seconds: number, state: EventDocument['state'], attempt = 1): EventDocument {
  return { job_id: idAt(accepted), queue: 'default', state, at: at(seconds), attempt };
}

/** The last minute in steps of 10 s. */
const seriesOf = (history: History, seconds: number) => history.series(begin + seconds * 1_000, 60_000, 10_000);

describe('the history of the queue', () => {
  it('counts ends by step, as many as there were, successes and others apart', () => {
    const history = new History();
    history.finished([job(0, 1, 35), job(1, 2, 38), job(2, 3, 38, 'failed')]);
    const { succeeded, others, ends } = seriesOf(history, 59);
    expect(succeeded).toEqual([0, 0, 0, 2, 0, 0]);
    expect(others).toEqual([0, 0, 0, 1, 0, 0]);
    expect(ends).toEqual([0, 0, 0, 3, 0, 0]);
  });

  it('counts what a list and an event both tell once', () => {
    const history = new History();
    history.finished([job(0, 1, 35)]);
    history.changed([event(0, 1, 'running'), event(0, 35, 'succeeded')]);
    expect(seriesOf(history, 59).succeeded).toEqual([0, 0, 0, 1, 0, 0]);
  });

  it('knows how long jobs waited for their first start, and draws nothing where none started', () => {
    const history = new History();
    history.changed([
      event(0, 12, 'running'),
      event(1, 15, 'running'),
      event(2, 18, 'running'),
      event(3, 45, 'running', 2),
    ]);
    const { medianWait, longestWait } = seriesOf(history, 59);
    expect(medianWait).toEqual([null, 14, null, null, null, null]);
    expect(longestWait).toEqual([null, 16, null, null, null, null]);
  });

  it('reconstructs how many waited from when jobs came and started', () => {
    const history = new History();
    history.started([job(5, 25), job(6, 45)]);
    const accepted = [job(5, 25), job(6, 45), { ...job(7, 0), started_at: undefined }] as JobDocument[];
    history.reconstruct(accepted, 1, begin, begin + 59_000);
    expect(seriesOf(history, 59).pending).toEqual([3, 3, 2, 2, 1, 1]);
  });

  it('knows of no job that waited when each started as it came', () => {
    const history = new History();
    history.started([job(20, 20), job(30, 30)]);
    history.reconstruct([job(20, 20), job(30, 30)], 0, begin, begin + 59_000);
    expect(seriesOf(history, 59).pending).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('draws no depth before it is known', () => {
    const history = new History();
    history.depth(begin + 25_000, 4);
    history.depth(begin + 47_000, 9);
    expect(seriesOf(history, 59).pending).toEqual([null, null, 4, 4, 9, 9]);
  });

  it('begins with the first start or end that it knows', () => {
    const history = new History();
    expect(history.earliest).toBeUndefined();
    history.finished([job(0, 7, 30)]);
    expect(history.earliest).toBe(begin + 7_000);
  });
});
