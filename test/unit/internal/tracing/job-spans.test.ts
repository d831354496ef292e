import { describe, expect, it } from 'vitest';
import { traceParentAnnotation } from '../../../../internal/platform/tracing.ts';
import { resultSpan, spansEndedBy } from '../../../../internal/tracing/job-spans.ts';
import type { Attempt, JobDetail, TimelineEntry } from '../../../../pkg/models/index.ts';

const jobId = '019a4e0c-5d6f-7a31-9c42-0c8f6e1b2d3a';
const ownTrace = jobId.replaceAll('-', '');

const attempt = (number: number, dispatchedAt: number, rest: Partial<Attempt> = {}): Attempt => ({
  ...{ attempt: number, dispatchSequence: number, dispatchedAt, creation: 'made', madeAt: dispatchedAt + 5 },
  workload: { kind: 'Job', namespace: 'ml', name: `w-${number}` },
  ...rest,
});

function aJob(timeline: TimelineEntry[], attempts: Attempt[] = [], rest: Partial<JobDetail> = {}): JobDetail {
  const last = timeline.at(-1)?.state ?? 'pending';
  return {
    ...{ jobId, sequence: 1, name: 'a', priority: 0, queue: 'default', workload: {}, state: last },
    ...{ attempt: attempts.length, createdAt: 100, timeline, attempts },
    ...rest,
  };
}

/** Name, start and end of what each entry ends. */
function told(job: JobDetail): string[][] {
  return job.timeline.map((entry) =>
    spansEndedBy(job, entry).map(({ name, startMs, endMs, failed }) =>
      [name, startMs, endMs, ...(failed ? [failed] : [])].join(' '),
    ),
  );
}

describe('the spans of a job', () => {
  it('are told by the entries that end them, and changes of reason end none', () => {
    const job = aJob(
      [
        { at: 100, state: 'pending' },
        { at: 200, state: 'running', attempt: 1, reason: 'creating' },
        { at: 210, state: 'running', attempt: 1, reason: 'starting' },
        { at: 900, state: 'succeeded', attempt: 1 },
      ],
      [attempt(1, 200)],
    );
    expect(told(job)).toEqual([[], ['queued 100 200'], [], ['create 200 205', 'running 200 900', 'job 100 900']]);
    const spans = job.timeline.flatMap((entry) => spansEndedBy(job, entry));
    const [queued, create, running, root] = spans;
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([ownTrace]));
    expect(root?.parentSpanId).toBeUndefined();
    expect([queued?.parentSpanId, running?.parentSpanId, create?.parentSpanId]).toEqual([
      ...[root?.spanId, root?.spanId, running?.spanId],
    ]);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(4);
  });

  it('are the same whoever makes them', () => {
    const job = aJob([
      { at: 100, state: 'pending' },
      { at: 300, state: 'cancelled', reason: 'by_user' },
    ]);
    const entry = { at: 300, state: 'cancelled', reason: 'by_user' } as const;
    expect(spansEndedBy(job, entry)).toEqual(spansEndedBy(structuredClone(job), { ...entry }));
    expect(told(job)).toEqual([[], ['queued 100 300', 'job 100 300']]);
  });

  it('have an attempt each when it is retried, and wait in between', () => {
    const job = aJob(
      [
        { at: 100, state: 'pending' },
        { at: 200, state: 'running', attempt: 1 },
        { at: 300, state: 'scheduled', attempt: 1, reason: 'retry_backoff' },
        { at: 400, state: 'pending' },
        { at: 450, state: 'running', attempt: 2 },
        { at: 500, state: 'failed', attempt: 2, reason: 'exit_code' },
      ],
      [attempt(1, 200), attempt(2, 450)],
    );
    expect(told(job)).toEqual([
      [],
      ['queued 100 200'],
      ['create 200 205', 'running 200 300'],
      [],
      ['queued 300 450'],
      ['create 450 455', 'running 450 500 exit_code', 'job 100 500 exit_code'],
    ]);
    const ids = job.timeline.flatMap((entry) => spansEndedBy(job, entry)).map(({ spanId }) => spanId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('begin a second life when it is run again after its end', () => {
    const job = aJob([
      { at: 100, state: 'pending' },
      { at: 300, state: 'expired' },
      { at: 700, state: 'pending' },
      { at: 800, state: 'cancelled' },
    ]);
    expect(told(job)).toEqual([
      ...[[], ['queued 100 300', 'job 100 300 expired'], [], ['queued 700 800', 'job 700 800']],
    ]);
    const [first, , second] = [1, 2, 3].map((index) => {
      const entry = job.timeline[index];
      return entry && spansEndedBy(job, entry).find(({ name }) => name === 'job');
    });
    expect(first?.spanId).not.toBe(second?.spanId);
  });

  it('tell of a create that was refused', () => {
    const { madeAt: _madeAt, ...refused } = attempt(1, 200, { creation: 'refused' });
    const timeline: TimelineEntry[] = [
      { at: 100, state: 'pending' },
      { at: 200, state: 'running', attempt: 1 },
      { at: 250, state: 'failed', attempt: 1, reason: 'create_refused', message: 'no such image: s3cr3t' },
    ];
    const job = aJob(timeline, [refused]);
    expect(told(job)[2]?.[0]).toBe('create 200 250 refused');
    expect(JSON.stringify(job.timeline.map((entry) => spansEndedBy(job, entry)))).not.toContain('s3cr3t');
  });

  it('belong to the trace of the annotation, unless that is not to be recorded', () => {
    const timeline: TimelineEntry[] = [
      { at: 100, state: 'pending' },
      { at: 300, state: 'cancelled' },
    ];
    const [trace, span] = ['a'.repeat(32), 'b'.repeat(16)];
    const under = (flags: string) =>
      aJob(timeline, [], { annotations: { [traceParentAnnotation]: `00-${trace}-${span}-${flags}` } });
    const [, job] = spansEndedBy(under('01'), { at: 300, state: 'cancelled' });
    expect(job).toMatchObject({ name: 'job', traceId: trace, parentSpanId: span });
    expect(spansEndedBy(under('00'), { at: 300, state: 'cancelled' })).toEqual([]);
    expect(resultSpan(under('00'), 1, 5)).toBeUndefined();
  });

  it('have the saving of the result below the same job', () => {
    const timeline: TimelineEntry[] = [
      { at: 100, state: 'pending' },
      { at: 200, state: 'running', attempt: 1 },
      { at: 300, state: 'succeeded', attempt: 1 },
    ];
    const job = aJob(timeline, [attempt(1, 200, { finishedAt: 300 })]);
    const root = spansEndedBy(job, { at: 300, state: 'succeeded' }).find(({ name }) => name === 'job');
    expect(resultSpan(job, 1, 350)).toMatchObject({
      ...{ name: 'result', startMs: 300, endMs: 350, parentSpanId: root?.spanId, traceId: root?.traceId },
    });
  });
});
