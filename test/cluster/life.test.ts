// The whole life of a job on a real control plane: trying again, running out of time, waiting on purpose, waiting for
// others, many pods in one slot, and the ways to hear of it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeCluster } from './harness/shared-cluster.ts';
import { fated, TestQueue, until } from './support/queue.ts';

const endless = fated('never');

describeCluster('the life of a job', (cluster) => {
  let queue: TestQueue;
  beforeAll(async () => {
    queue = await TestQueue.start(cluster, '--max-concurrency', '10', '--settle-ms', '0');
  });
  afterAll(() => queue.stop());

  const retries = (max: number, more: object = {}): object => ({ max, backoff_seconds: 0.1, ...more });
  const call = async (method: string, path: string, body?: object): Promise<Response> => {
    const headers = body ? { 'content-type': 'application/json' } : {};
    return fetch(`${queue.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  };

  it('goes on after a failure with another workload each time, until its retries are used up', async () => {
    const template = fated('fail', { 'exit-code': '7' });
    const job = await queue.finished(await queue.submit({ name: 'again', template, retries: retries(2) }));
    expect(job).toMatchObject({ state: 'failed', reason: 'exit_code', exit_code: 7 });
    expect(job.attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    const jobs = (await queue.kubernetesJobs()).map(({ metadata }) => metadata.name);
    expect(jobs.filter((name) => name.startsWith('again-'))).toHaveLength(3);
  });

  it('is not tried again for an exit code that nobody asked for', async () => {
    const template = fated('fail', { 'exit-code': '7' });
    const jobId = await queue.submit({ name: 'once', template, retries: retries(5, { on: ['exit:137'] }) });
    expect((await queue.finished(jobId)).attempts).toHaveLength(1);
  });

  it('goes on after others deleted its workload', async () => {
    const jobId = await queue.submit({ name: 'deleted', template: endless, retries: retries(1, { on: ['deleted'] }) });
    const first = await queue.jobWhen(jobId, (job) => job.workload?.uid !== undefined);
    await cluster.kubectl('delete', 'job', first.workload?.name ?? '', '-n', queue.namespace);
    const second = await queue.jobWhen(jobId, (job) => job.attempts[1] !== undefined && job.state === 'running');
    expect(second.workload?.name).not.toBe(first.workload?.name);
    await call('DELETE', `/jobs/${jobId}`);
  });

  it('ends at its timeout, and is tried again when that was asked for', async () => {
    const jobId = await queue.submit({
      ...{ name: 'slow', template: endless, timeout_seconds: 1 },
      retries: retries(1, { on: ['timeout'] }),
    });
    const job = await queue.finished(jobId, 90_000);
    expect(job).toMatchObject({ state: 'failed', reason: 'deadline' });
    expect(job.attempts).toHaveLength(2);
  });

  it('runs again when a person asks for it, and the caller who waits hears of each end', async () => {
    const jobId = await queue.submit({ name: 'redone', template: fated('fail') });
    expect(await (await call('GET', `/jobs/${jobId}/wait?timeout=45`)).json()).toMatchObject({ state: 'failed' });
    expect((await call('POST', `/jobs/${jobId}/retry`)).status).toBe(200);
    const again = await queue.jobWhen(jobId, (job) => job.attempts.length === 2 && job.state === 'failed');
    expect(again.timeline.map(({ state }) => state)).toEqual([
      ...['pending', 'running', 'failed', 'pending', 'running', 'failed'],
    ]);
  });

  it('waits for other jobs, and is cancelled when they do not end as it needs', async () => {
    const good = await queue.submit({ name: 'good', template: fated('succeed'), hold: true });
    const bad = await queue.submit({ name: 'bad', template: fated('fail'), hold: true });
    const after = (job_id: string, on: string) => ({ template: fated('succeed'), after: [{ job_id, on }] });
    const next = await queue.submit({ name: 'next', ...after(good, 'success') });
    const rescue = await queue.submit({ name: 'rescue', ...after(bad, 'failure') });
    const never = await queue.submit({ name: 'never', ...after(bad, 'success') });
    expect(await queue.job(next)).toMatchObject({ state: 'blocked', reason: 'waiting_for_jobs' });
    expect(await queue.job(good)).toMatchObject({ state: 'held', reason: 'held_by_user' });
    for (const jobId of [good, bad]) await call('PATCH', `/jobs/${jobId}`, { hold: false });
    expect(await queue.finished(next)).toMatchObject({ state: 'succeeded' });
    expect(await queue.finished(rescue)).toMatchObject({ state: 'succeeded' });
    expect(await queue.finished(never)).toMatchObject({ state: 'cancelled', reason: 'dependency_failed' });
    const [first] = (await queue.job(good)).attempts;
    const [second] = (await queue.job(next)).attempts;
    expect(second?.dispatch_sequence).toBeGreaterThan(first?.dispatch_sequence ?? Number.NaN);
  });

  it('begins no earlier than it may, and expires when it waits too long', async () => {
    await call('POST', '/pause');
    const later = await queue.submit({ name: 'later', template: fated('succeed'), start_after: { in: '2s' } });
    const expired = await queue.submit({ name: 'expired', template: endless, queue_timeout_seconds: 1 });
    const job = await queue.jobWhen(expired, ({ state }) => state === 'expired');
    expect(job).toMatchObject({ reason: 'queue_timeout', attempts: [] });
    await call('POST', '/resume');
    const done = await queue.finished(later);
    const waited = Date.parse(done.attempts[0]?.dispatched_at ?? '') - Date.parse(done.timeline[0]?.at ?? '');
    expect(waited).toBeGreaterThanOrEqual(2_000);
  });

  it('has many pods and one slot when it is indexed', async () => {
    const jobId = await queue.submit({ name: 'indexed', image: 'busybox:1.36', completions: 5, parallelism: 3 });
    const { workload } = await queue.finished(jobId);
    const text = await cluster.kubectl('get', 'job', workload?.name ?? '', '-n', queue.namespace, '-o', 'json');
    expect(JSON.parse(text)).toMatchObject({ spec: { completionMode: 'Indexed' }, status: { succeeded: 5 } });
  });

  it('is told as it happens to who follows the events', async () => {
    const stop = new AbortController();
    const stream = await fetch(`${queue.url}/events`, { signal: stop.signal });
    const jobId = await queue.submit({ name: 'told', template: fated('succeed') });
    let text = '';
    const reading = (async () => {
      for await (const chunk of stream.body ?? []) text += Buffer.from(chunk).toString();
    })().catch(() => undefined);
    const ofJob = (): string[] =>
      text
        .split('\n\n')
        .flatMap((event) => (event.includes(jobId) ? (/^event: (\w+)$/m.exec(event)?.slice(1) ?? []) : []));
    await until(
      async () => ofJob().includes('succeeded'),
      60_000,
      () => text,
    );
    expect(ofJob()).toEqual(['pending', 'running', 'succeeded']);
    stop.abort();
    await reading;
  });
});
