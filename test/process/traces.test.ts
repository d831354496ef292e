// Traces of the real program, sent to a collector on a loopback port: one trace from the request to the end of the job, also
// when the server is killed in between; and a collector that is gone, which disturbs nothing.
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { anOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.ts';
import { getJson, type JobJson, type ServerProcess, startServer } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const callerSpan = '00f067aa0ba902b7';
const secret = 'planted-in-the-job';

async function submit(server: ServerProcess, fields: object, traceparent?: string): Promise<string> {
  const headers = { 'content-type': 'application/json', ...(traceparent && { traceparent }) };
  const body = JSON.stringify({ name: 'traced', ...fields });
  const answer = await fetch(`${server.url}/jobs`, { method: 'POST', headers, body });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as JobJson).job_id;
}

const simulated = (duration: string, exitCode = 0) => ({
  annotations: { 'kubejobs.io/simulate-duration': duration, 'kubejobs.io/simulate-exit-code': String(exitCode) },
});

async function jobSpan({ spans }: OtlpReceiver, count = 1): Promise<ReceivedSpan[]> {
  const jobs = (): ReceivedSpan[] => spans.filter(({ name }) => name === 'job');
  await vi.waitFor(() => expect(jobs()).toHaveLength(count), { timeout: 20_000, interval: 50 });
  return jobs();
}

function named(receiver: OtlpReceiver, name: string): ReceivedSpan {
  const found = receiver.spans.filter((span) => span.name === name);
  expect(found.map((span) => span.name)).toEqual([name]);
  return found[0] as ReceivedSpan;
}

describe('a trace', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('goes from the caller over the request to the end of the job', async () => {
    const receiver = await anOtlpReceiver();
    const server = await startServer(['--otlp-endpoint', receiver.url, '--settle-ms', '0'], {
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=abc',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    });
    const env = [{ name: 'KEY', value: secret }];
    const fields = { image: 'busybox', env, priority: 4, ...simulated('300ms', 3) };
    const jobId = await submit(server, fields, `00-${traceId}-${callerSpan}-01`);
    await jobSpan(receiver);
    await vi.waitFor(() => named(receiver, 'POST /jobs'), { timeout: 10_000 });
    await server.kill('SIGTERM');

    expect(new Set(receiver.spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    const [request, job] = [named(receiver, 'POST /jobs'), named(receiver, 'job')];
    const [queued, running, create] = [
      named(receiver, 'queued'),
      named(receiver, 'running'),
      named(receiver, 'create'),
    ];
    expect(receiver.spans).toHaveLength(5);
    expect([request.parentSpanId, job.parentSpanId]).toEqual([callerSpan, request.spanId]);
    expect([queued.parentSpanId, running.parentSpanId, create.parentSpanId]).toEqual([
      ...[job.spanId, job.spanId, running.spanId],
    ]);
    expect(request.attributes).toEqual({
      ...{ 'http.request.method': 'POST', 'http.route': '/jobs', 'http.response.status_code': 201 },
      'kubejobs.job_id': jobId,
    });
    expect(running.attributes).toMatchObject({
      ...{ 'kubejobs.job_id': jobId, 'kubejobs.attempt': 1, 'kubejobs.priority': 4, 'kubejobs.exit_code': 3 },
      ...{ 'kubejobs.outcome': 'failed', 'kubejobs.reason': 'exit_code', 'k8s.namespace.name': 'default' },
    });
    expect(job.status).toMatchObject({ code: 2, message: 'exit_code' });
    expect(job.startMs).toBe(queued.startMs);
    expect(queued.endMs).toBe(running.startMs);
    expect(running.endMs).toBe(job.endMs);
    expect(running.endMs - running.startMs).toBeGreaterThanOrEqual(300);
    expect(receiver.resource).toMatchObject({ 'service.name': 'kubejobs', 'deployment.environment.name': 'test' });
    const [first] = receiver.requests;
    expect([first?.path, first?.headers['api-key']]).toEqual(['/v1/traces', 'abc']);
    for (const { body } of receiver.requests) expect(body).not.toContain(secret);
  });

  it('has the saving of a result below the job', async () => {
    const receiver = await anOtlpReceiver();
    const flags = ['--otlp-endpoint', receiver.url, '--settle-ms', '0', '--controllers', 'results'];
    const server = await startServer(flags);
    await submit(server, { results: true, ...simulated('10ms') });
    const [job] = await jobSpan(receiver);
    await vi.waitFor(() => named(receiver, 'result'), { timeout: 15_000 });
    expect(named(receiver, 'result')).toMatchObject({ traceId: job?.traceId, parentSpanId: job?.spanId });
    await server.kill('SIGTERM');
  });

  it('is the same after the server was killed', async () => {
    const receiver = await anOtlpReceiver();
    const flags = ['--settle-ms', '0', '--store', `sqlite:${join(folder.path, 'queue.db')}`];
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
    const first = await startServer(flags, environment);
    await submit(first, simulated('3s'), `00-${traceId}-${callerSpan}-01`);
    await vi.waitFor(() => named(receiver, 'queued'), { timeout: 10_000 });
    await first.kill('SIGKILL');
    const second = await startServer(flags, environment);
    const [job] = await jobSpan(receiver);
    await second.kill('SIGTERM');
    expect(job).toMatchObject({ traceId, parentSpanId: named(receiver, 'POST /jobs').spanId });
    for (const name of ['queued', 'running']) {
      expect(named(receiver, name)).toMatchObject({ traceId, parentSpanId: job?.spanId });
    }
  });

  it('disturbs nothing when its collector is gone, which is told once', async () => {
    const receiver = await anOtlpReceiver();
    receiver.status = 400;
    const server = await startServer(['--otlp-endpoint', `${receiver.url}/`, '--settle-ms', '0']);
    await submit(server, simulated('10ms'));
    await vi.waitFor(() => expect(receiver.requests.length).toBeGreaterThan(0), { timeout: 10_000 });
    await submit(server, simulated('10ms'));
    await vi.waitFor(() => expect(receiver.requests.length).toBeGreaterThan(1), { timeout: 10_000 });
    const told = (): string[] => server.stderr().match(/traces cannot be sent/g) ?? [];
    await vi.waitFor(() => expect(told()).toHaveLength(1));
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/^kubejobs_spans_total\{outcome="failed"\} [1-9]/m);
    receiver.status = 200;
    const jobId = await submit(server, simulated('10ms'));
    await vi.waitFor(
      () => expect(receiver.spans.map(({ attributes }) => attributes['kubejobs.job_id'])).toContain(jobId),
      {
        timeout: 10_000,
      },
    );
    expect((await server.kill('SIGTERM')).code).toBe(0);
    expect(told()).toHaveLength(1);
    expect(server.stderr()).not.toContain('could not be stopped cleanly');
  });

  it('is not begun when nobody wants any', async () => {
    const receiver = await anOtlpReceiver();
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
    const server = await startServer(['--settle-ms', '0', '--otlp-endpoint', 'none'], environment);
    const jobId = await submit(server, simulated('10ms'), `00-${traceId}-${callerSpan}-01`);
    await getJson(`${server.url}/jobs/${jobId}/wait`);
    await server.kill('SIGTERM'); // it would send what is left
    expect(receiver.requests).toEqual([]);
  });
});
