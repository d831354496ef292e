import { describe, expect, it } from 'vitest';
import { idOf } from '../../../support/core-builders.ts';
import { aDispatcher, callsOf, createOf, queueId } from '../../../support/dispatcher-builders.ts';
import { absent, alreadyExists, type FakeCall, lost, markedJob, no, ok } from '../../../support/fake-cluster.ts';

const ours = markedJob({ queueId, jobId: idOf('a') }, { uid: 'u7' });

async function outcomeOf(rule: (call: FakeCall) => ReturnType<typeof ok> | undefined, effect = createOf('a')) {
  const { dispatcher, clock, emitted, cluster } = aDispatcher(rule);
  dispatcher.release([effect]);
  await clock.settle();
  return { outcome: emitted[0], count: emitted.length, calls: callsOf(cluster.calls) };
}

describe('a create', () => {
  it('that the API server carried out is made, with the uid', async () => {
    const { outcome } = await outcomeOf(() => ok(ours));
    expect(outcome).toEqual({ kind: 'create_made', at: 1_000, jobId: idOf('a'), attempt: 1, uid: 'u7' });
  });

  it.each([
    ['a spec that is invalid', no(422, 'Invalid')],
    ['a body that is no Job', no(400, 'BadRequest')],
    ['a namespace that is not there', no(404, 'NotFound', 'namespaces "x" not found')],
    [
      'a namespace that is going',
      no(403, 'Forbidden', 'unable to create new content in namespace x because it is being terminated'),
    ],
    ['no permission', no(403, 'Forbidden', 'jobs.batch is forbidden: User "u" cannot create resource "jobs"')],
    [
      'a quota that asks for limits',
      no(403, 'Forbidden', 'jobs.batch "w" is forbidden: failed quota: q: must specify limits.cpu'),
    ],
    ['an admission webhook', no(403, 'Forbidden', 'admission webhook "x" denied the request: no quota for you')],
  ])('is refused for good by %s', async (_why, answer) => {
    const { outcome } = await outcomeOf(() => answer);
    expect(outcome).toMatchObject({ kind: 'create_refused', refusal: 'permanent' });
    expect(outcome).toMatchObject({ message: 'message' in answer ? answer.message : '' });
  });

  it.each([
    'jobs.batch "w" is forbidden: exceeded quota: q, requested: count/jobs.batch=1, used: count/jobs.batch=5, limited: count/jobs.batch=5',
    'jobs.batch "w" is forbidden: insufficient quota to match these scopes: [{PriorityClass In [high]}]',
    'jobs.batch "w" is forbidden: status unknown for quota: q, resources: count/jobs.batch',
  ])('is refused by a quota: %s', async (message) => {
    const { outcome } = await outcomeOf(() => no(403, 'Forbidden', message));
    expect(outcome).toMatchObject({ kind: 'create_refused', refusal: 'quota', message });
  });

  it.each([
    ['no answer', lost, false],
    ['a 5xx', { outcome: 'unknown', status: 503, message: 'busy' } as const, false],
    ['a timeout that the server reports', no(408, 'Timeout'), false],
    ['too many requests', no(429, 'TooManyRequests'), true],
    ['expired credentials', no(401, 'Unauthorized'), true],
    [
      'two creates that raced for a quota',
      no(409, 'Conflict', 'Operation cannot be fulfilled on resourcequotas "q"'),
      true,
    ],
  ])('is unknown after %s', async (_why, answer, surelyNotMade) => {
    const { outcome } = await outcomeOf(() => answer);
    expect(outcome).toMatchObject({ kind: 'create_unknown', surelyNotMade });
    expect(outcome).not.toHaveProperty('retryAfterMs');
  });

  it('passes on how long the server asked to wait', async () => {
    const { outcome } = await outcomeOf(() => ({
      outcome: 'refused',
      status: 429,
      reason: 'TooManyRequests',
      message: 'wait',
      retryAfterMs: 7_000,
    }));
    expect(outcome).toMatchObject({ kind: 'create_unknown', retryAfterMs: 7_000 });
  });

  it('that no manifest can be made for is refused before anything is sent', async () => {
    const manifest = () => {
      throw new Error('no such template');
    };
    const { dispatcher, cluster, emitted, clock } = aDispatcher(undefined, { manifest });
    dispatcher.release([createOf('a')]);
    await clock.settle();

    expect(cluster.calls).toEqual([]);
    expect(emitted).toMatchObject([{ kind: 'create_refused', refusal: 'permanent' }]);
    expect(emitted[0]).toMatchObject({ message: expect.stringContaining('no such template') });
  });
});

describe('a create that the policy forbids by now', () => {
  const forbids = () => 'the policy refuses it';

  async function forbidden(rule?: (call: FakeCall) => ReturnType<typeof ok> | undefined, effect = createOf('a')) {
    const { dispatcher, cluster, emitted, clock } = aDispatcher(rule, { forbids });
    dispatcher.release([effect]);
    await clock.settle();
    return { outcome: emitted[0], calls: callsOf(cluster.calls) };
  }

  it('is refused for good with the policy’s words, and nothing is sent', async () => {
    const { outcome, calls } = await forbidden();
    expect(outcome).toMatchObject({ kind: 'create_refused', refusal: 'permanent', message: forbids() });
    expect(calls).toEqual([]);
  });

  it('is made when an earlier create, whose answer was lost, was carried out: what runs is followed', async () => {
    const { outcome, calls } = await forbidden(() => ok(ours), createOf('a', { creation: 'unknown' }));
    expect(outcome).toMatchObject({ kind: 'create_made', uid: 'u7' });
    expect(calls).toEqual(['get w-a']);
  });

  it('is not sent again when an earlier one was lost and nothing is there', async () => {
    const { outcome, calls } = await forbidden(() => absent, createOf('a', { creation: 'unknown' }));
    expect(outcome).toMatchObject({ kind: 'create_refused', refusal: 'permanent' });
    expect(calls).toEqual(['get w-a']);
  });

  it('is judged by the very object that would be sent', async () => {
    const judged: string[] = [];
    const judge = ({ metadata }: { metadata: { name: string } }): undefined => void judged.push(metadata.name);
    const { dispatcher, cluster, clock } = aDispatcher(() => ok(ours), { forbids: judge });
    dispatcher.release([createOf('a')]);
    await clock.settle();
    expect(judged).toEqual(['w-a']);
    expect(callsOf(cluster.calls)).toEqual(['create w-a']);
  });
});

describe('"already exists"', () => {
  const found = (answer: ReturnType<typeof ok>) => (call: FakeCall) =>
    call.verb === 'create' ? alreadyExists : answer;

  it('is made when the object has all our marks', async () => {
    const { outcome, calls } = await outcomeOf(found(ok(ours)));
    expect(outcome).toMatchObject({ kind: 'create_made', uid: 'u7' });
    expect(calls).toEqual(['create w-a', 'get w-a']);
  });

  it.each([
    ['another queue', { queueId: 'other', jobId: idOf('a') }],
    ['another job', { queueId, jobId: idOf('b') }],
    ['another attempt', { queueId, jobId: idOf('a'), attempt: 2 }],
  ])('is a refusal when the object belongs to %s', async (_whose, marks) => {
    const { outcome } = await outcomeOf(found(ok(markedJob(marks))));
    expect(outcome).toMatchObject({ kind: 'create_refused', refusal: 'permanent' });
    expect(outcome).toMatchObject({ message: expect.stringContaining('does not belong to this job') });
  });

  it('is a refusal when the object has no marks at all', async () => {
    const bare = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'w-a' } };
    expect((await outcomeOf(found(ok(bare)))).outcome).toMatchObject({ kind: 'create_refused' });
  });

  it('counts as made while the object is being deleted: the attempt had its one workload', async () => {
    const going = markedJob({ queueId, jobId: idOf('a') }, { deletionTimestamp: '2030-01-01T00:00:00Z' });
    const { outcome } = await outcomeOf(found(ok(going)));
    expect(outcome).toMatchObject({ kind: 'create_made' });
  });

  it.each([
    ['gone meanwhile', absent],
    ['not ours to read', no(403, 'Forbidden')],
    ['read too often', no(429, 'TooManyRequests')],
    ['not answered for', lost],
  ])('leaves a doubt when the object is %s', async (_why, answer) => {
    const { outcome } = await outcomeOf(found(answer));
    expect(outcome).toMatchObject({ kind: 'create_unknown', surelyNotMade: false });
  });
});

describe('a create whose answer was once lost', () => {
  const unknown = createOf('a', { creation: 'unknown' });

  it('is asked about by name, and made when it is there, whatever a new create would say', async () => {
    const { outcome, calls } = await outcomeOf(
      (call) => (call.verb === 'get' ? ok(ours) : no(403, 'Forbidden')),
      unknown,
    );
    expect(outcome).toMatchObject({ kind: 'create_made', uid: 'u7' });
    expect(calls).toEqual(['get w-a']);
  });

  it('is made again under the same name when it is not there', async () => {
    const { outcome, calls } = await outcomeOf((call) => (call.verb === 'get' ? absent : ok(ours)), unknown);
    expect(outcome).toMatchObject({ kind: 'create_made' });
    expect(calls).toEqual(['get w-a', 'create w-a']);
  });

  it('stays unknown, with no new doubt, while it cannot be asked about', async () => {
    const { outcome, calls } = await outcomeOf(() => lost, unknown);
    expect(outcome).toMatchObject({ kind: 'create_unknown', surelyNotMade: true });
    expect(calls).toEqual(['get w-a']);
  });

  it('is refused when the name is somebody else’s', async () => {
    const { outcome } = await outcomeOf(() => ok(markedJob({ queueId: 'other', jobId: idOf('a') })), unknown);
    expect(outcome).toMatchObject({ kind: 'create_refused', refusal: 'permanent' });
  });

  it('is not sent when its attempt came to an end during the question', async () => {
    const wanted = (jobId: string, attempt: number) => jobId !== idOf('a') || attempt !== 1;
    const { dispatcher, clock, emitted, cluster } = aDispatcher((call) => (call.verb === 'get' ? absent : ok(ours)), {
      wanted,
    });
    dispatcher.release([unknown]);
    await clock.settle();
    expect(emitted).toMatchObject([{ kind: 'create_unknown', surelyNotMade: true }]);
    expect(callsOf(cluster.calls)).toEqual(['get w-a']);
  });
});
