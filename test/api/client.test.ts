import { describe, expect, expectTypeOf, test } from 'vitest';
import type { HealthDocument } from '../../pkg/api/schemas/health.ts';
import type {
  AttemptDocument,
  JobDocument,
  QueueEntryDocument,
  SubmittedDocument,
  TimelineDocument,
  WorkloadDocument,
} from '../../pkg/api/schemas/job.ts';
import type { PodGroupDocument } from '../../pkg/api/schemas/podgroup.ts';
import type { ProblemDocument } from '../../pkg/api/schemas/problem.ts';
import type { ResultDocument } from '../../pkg/api/schemas/result.ts';
import type { NewScheduleBody, ScheduleChangeBody, ScheduleDocument } from '../../pkg/api/schemas/schedule.ts';
import type { SettingsDocument } from '../../pkg/api/schemas/settings.ts';
import type { SnapshotDocument } from '../../pkg/api/schemas/snapshot.ts';
import type { SubmissionBody } from '../../pkg/api/schemas/submission.ts';
import type { DeliveryDocument } from '../../pkg/api/schemas/webhook.ts';
import type { WorkloadHealthDocument, WorkloadsDocument } from '../../pkg/api/schemas/workload.ts';
import type * as documents from '../../pkg/client/index.ts';
import { type Client, createClient, Problem, ServerUnreachable } from '../../pkg/client/index.ts';
import { aListeningApi } from '../support/api-under-test.ts';
import { aJob, type FakeService, jobIdOf } from '../support/fake-service.ts';
import { recordedAuthentication, tokens } from '../support/tokens.ts';

async function aClient(): Promise<{ client: Client; service: FakeService; baseUrl: string }> {
  const { baseUrl, service } = await aListeningApi();
  return { client: createClient({ baseUrl }), service, baseUrl };
}

/** What the call rejects with. */
async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => expect.unreachable('the call succeeded'),
    (error: unknown) => error,
  );
}

test('the client’s documents are the server’s, and a change of either alone does not compile', () => {
  expectTypeOf<documents.JobDocument>().toEqualTypeOf<JobDocument>();
  expectTypeOf<documents.AttemptDocument>().toEqualTypeOf<AttemptDocument>();
  expectTypeOf<documents.TimelineDocument>().toEqualTypeOf<TimelineDocument>();
  expectTypeOf<documents.WorkloadDocument>().toEqualTypeOf<WorkloadDocument>();
  expectTypeOf<documents.QueueEntryDocument>().toEqualTypeOf<QueueEntryDocument>();
  expectTypeOf<documents.SubmittedDocument>().toEqualTypeOf<SubmittedDocument>();
  expectTypeOf<documents.HealthDocument>().toEqualTypeOf<HealthDocument>();
  expectTypeOf<documents.ProblemDocument>().toEqualTypeOf<ProblemDocument>();
  expectTypeOf<documents.PodGroupDocument>().toEqualTypeOf<PodGroupDocument>();
  expectTypeOf<documents.DeliveryDocument>().toEqualTypeOf<DeliveryDocument>();
  expectTypeOf<documents.WorkloadHealthDocument>().toEqualTypeOf<WorkloadHealthDocument>();
  expectTypeOf<documents.WorkloadsDocument>().toEqualTypeOf<WorkloadsDocument>();
  expectTypeOf<documents.ResultDocument>().toEqualTypeOf<ResultDocument>();
  expectTypeOf<documents.SettingsDocument>().toEqualTypeOf<SettingsDocument>();
  expectTypeOf<documents.SnapshotDocument>().toEqualTypeOf<SnapshotDocument>();
  expectTypeOf<documents.ScheduleDocument>().toEqualTypeOf<ScheduleDocument>();
  expectTypeOf<documents.NewScheduleDocument>().toEqualTypeOf<NewScheduleBody>();
  expectTypeOf<Partial<documents.ScheduleFields>>().toEqualTypeOf<ScheduleChangeBody>();
  expectTypeOf<documents.SubmissionDocument>().toEqualTypeOf<SubmissionBody>();
});

test('a job is submitted, shown, changed and cancelled', async () => {
  const { client, service } = await aClient();
  const submitted = await client.submit({ name: 'job1', priority: 2, labels: { team: 'vision' } });
  expect(submitted).toEqual({
    job_id: jobIdOf(1),
    name: 'job1',
    queue_position: '0',
    status: 'Job submitted successfully',
  });
  expect(service.submissions[0]?.labels).toEqual({ team: 'vision' });
  expect(await client.get(submitted.job_id)).toMatchObject({ name: 'job1', state: 'pending', priority: 2 });
  expect(await client.reprioritise(submitted.job_id, 7)).toMatchObject({ priority: 7 });
  expect(await client.cancel(submitted.job_id)).toMatchObject({ state: 'cancelled' });
});

test('pages are followed by their cursors', async () => {
  const { client, service } = await aClient();
  service.with(aJob({ sequence: 1 }), aJob({ sequence: 2 }), aJob({ sequence: 3, state: 'running' }));
  const first = await client.pending({ limit: 1 });
  const second = await client.pending({ limit: 1, ...(first.next !== undefined && { cursor: first.next }) });
  expect(first.items).toEqual([{ name: 'job1', job_id: jobIdOf(1), priority: 0 }]);
  expect(second.items).toEqual([{ name: 'job2', job_id: jobIdOf(2), priority: 0 }]);
  expect([first.total, second.next]).toEqual([2, undefined]);
  expect(await client.running()).toEqual({ items: [{ name: 'job3', job_id: jobIdOf(3), priority: 0 }], total: 1 });
});

test('jobs are listed by every filter', async () => {
  const { client, service } = await aClient();
  const filter = { queue: 'nightly', name: 'job1', labels: { team: 'vision', 'a.b/c': '' } };
  await client.list({ ...filter, states: ['pending', 'failed'], limit: 5 });
  expect(service.lastFilter).toEqual({ ...filter, states: ['pending', 'failed'] });
  expect((await client.list()).items).toEqual([]);
});

test('health is the server’s document', async () => {
  const { client } = await aClient();
  expect(await client.health()).toMatchObject({ status: 'ok', cluster: 'simulated', max_concurrency: 2 });
});

test('a refusal is a Problem with its code and the bad fields', async () => {
  const { client } = await aClient();
  const problem = await failureOf(client.submit({ name: 'Job 1' }));
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({
    code: 'validation_failed',
    status: 400,
    errors: [{ pointer: '/name', detail: expect.stringMatching(/^must be a DNS label/) }],
    message: expect.stringMatching(/^\/name must be/),
  });
});

test('an id that is no id is not found, whatever is in it', async () => {
  const { client } = await aClient();
  for (const id of ['nope', '../health', 'a b?c#d']) {
    expect(await failureOf(client.get(id))).toMatchObject({ code: 'job_not_found' });
  }
});

test('a server that accepts nothing says when to come back', async () => {
  const { client, service } = await aClient();
  service.refusal = { code: 'shutting_down', detail: 'the server is stopping', retryAfterSeconds: 3 };
  service.state = { ...service.state, accepting: false, stopping: true };
  const problem = { code: 'shutting_down', status: 503 };
  expect(await failureOf(client.submit({ name: 'job1' }))).toMatchObject({ ...problem, retryAfterSeconds: 3 });
  expect(await failureOf(client.health())).toMatchObject({ ...problem, retryAfterSeconds: 5 });
});

test('no server at all is ServerUnreachable, with the reason', async () => {
  const { app, baseUrl } = await aListeningApi();
  await app.close();
  const failure = await failureOf(createClient({ baseUrl }).health());
  expect(failure).toBeInstanceOf(ServerUnreachable);
  expect((failure as Error).message).toMatch(/^there is no kubejobs server at http:.*ECONNREFUSED/);
});

test.each([
  ['a page of a proxy', 502, '<html>Bad Gateway</html>'],
  ['JSON of another program', 404, '{"error":"x"}'],
  ['a success that is no JSON', 200, 'hello'],
])('%s is ServerUnreachable', async (_what, status, body) => {
  const client = createClient({ baseUrl: 'http://127.0.0.1', fetch: async () => new Response(body, { status }) });
  const failure = await failureOf(client.health());
  expect(failure).toBeInstanceOf(ServerUnreachable);
  expect((failure as Error).message).toContain(`something else answered with status ${status}`);
});

test('a path in the base URL is kept', async () => {
  const asked: string[] = [];
  const recorder: typeof fetch = async (url) => {
    asked.push(String(url));
    return new Response('[]');
  };
  await createClient({ baseUrl: 'https://example.org/kubejobs/', fetch: recorder }).pending({ limit: 2 });
  expect(asked).toEqual(['https://example.org/kubejobs/jobs/pending?limit=2']);
});

describe('a token', () => {
  async function aGuardedClient(token?: string): Promise<Client> {
    const { baseUrl } = await aListeningApi({ authentication: recordedAuthentication() });
    return createClient({ baseUrl, ...(token !== undefined && { token }) });
  }

  test('is sent with every call', async () => {
    const client = await aGuardedClient(tokens.submit);
    const { job_id } = await client.submit({ name: 'job1' });
    expect((await client.pending()).items).toHaveLength(1);
    expect(await client.cancel(job_id)).toMatchObject({ state: 'cancelled' });
  });

  test('may come as it stands in a file, with a line break behind it', async () => {
    const client = await aGuardedClient(`${tokens.read}\n`);
    expect(await client.list()).toMatchObject({ items: [] });
  });

  test('that is missing or not enough is a Problem with its code', async () => {
    expect(await failureOf((await aGuardedClient()).pending())).toMatchObject({ code: 'unauthenticated', status: 401 });
    const reader = await aGuardedClient(tokens.read);
    expect(await failureOf(reader.submit({ name: 'job1' }))).toMatchObject({ code: 'forbidden', status: 403 });
  });

  test('that can be none is refused without being repeated', () => {
    for (const token of ['', 'two words', 'two\nlines', 'umläut']) {
      const create = () => createClient({ baseUrl: 'http://127.0.0.1', token });
      expect(create).toThrow(new TypeError('the token has characters that no token has'));
    }
  });
});
