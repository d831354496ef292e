import { expect, test } from 'vitest';
import { seededRandom } from '../../internal/platform/random.ts';
import type { FinishedSpan } from '../../internal/platform/tracing.ts';
import { newServer } from '../support/api-server.ts';
import { FakeService } from '../support/fake-service.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const caller = '00f067aa0ba902b7';
const header = (flags: string) => ({ traceparent: `00-${traceId}-${caller}-${flags}` });

async function aTracedApi() {
  const service = new FakeService();
  const spans: FinishedSpan[] = [];
  const traces = {
    ...{ clock: virtualClock(1_000), random: seededRandom(1) },
    tracing: { record: (span: FinishedSpan) => void spans.push(span) },
  };
  const app = await newServer({ service, traces });
  const annotations = (): unknown[] => service.submissions.map((each) => each.annotations?.['kubejobs.io/traceparent']);
  return { app, spans, annotations };
}

test('a submission is a span of its own trace, and its job goes on in it', async () => {
  const { app, spans, annotations } = await aTracedApi();
  await app.inject({ method: 'POST', url: '/jobs', payload: { name: 'a' } });
  const [span] = spans;
  expect(spans).toMatchObject([{ name: 'POST /jobs', kind: 'server', attributes: { 'http.route': '/jobs' } }]);
  expect(span?.parentSpanId).toBeUndefined();
  expect(annotations()).toEqual([`00-${span?.traceId}-${span?.spanId}-01`]);
});

test('a caller’s trace is taken up, by each job of a batch and each line too', async () => {
  const { app, spans, annotations } = await aTracedApi();
  const payload = [{ name: 'a' }, { name: 'b' }];
  await app.inject({ method: 'POST', url: '/jobs/batch', headers: header('01'), payload });
  const lines = { ...header('01'), 'content-type': 'application/x-ndjson' };
  await app.inject({ method: 'POST', url: '/jobs/batch', headers: lines, payload: '{"name":"c"}\n' });
  expect(spans).toMatchObject([
    { traceId, parentSpanId: caller },
    { traceId, parentSpanId: caller },
  ]);
  const [first, second] = spans.map(({ spanId }) => `00-${traceId}-${spanId}-01`);
  expect(annotations()).toEqual([first, first, second]);
});

test('a trace that is not recorded leaves no span, and its job knows', async () => {
  const { app, spans, annotations } = await aTracedApi();
  await app.inject({ method: 'POST', url: '/jobs', headers: header('00'), payload: { name: 'a' } });
  expect(spans).toEqual([]);
  expect(annotations()).toEqual([expect.stringMatching(`^00-${traceId}-[0-9a-f]{16}-00$`)]);
});

test('reads are spans only for a caller who traces them; a path is told by its route, without its query', async () => {
  const { app, spans } = await aTracedApi();
  await app.inject('/jobs');
  await app.inject('/health');
  await app.inject({ url: '/nowhere', headers: header('01') });
  expect(spans).toEqual([]);
  const id = '019a4e0c-5d6f-7a31-9c42-0c8f6e1b2d3a';
  await app.inject({ url: `/jobs/${id}?token=s3cr3t`, headers: header('01') });
  expect(spans).toMatchObject([{ name: 'GET /jobs/:job_id', attributes: { 'kubejobs.job_id': id } }]);
  expect(JSON.stringify(spans)).not.toContain('s3cr3t');
});
