// The order of the steps, as a table: what is known of a Job, and the one step that follows.
import { describe, expect, it } from 'vitest';
import { nextStep, runningAgainMs, type Situation } from '../../../../../internal/controllers/results/decide.ts';
import { projectResultJob, type ResultJob } from '../../../../../internal/controllers/results/records.ts';
import type { KubernetesObject } from '../../../../../pkg/kubernetes/cluster.ts';

const plain: ResultJob = { namespace: 'n', name: 'j', uid: 'u', suspended: false, deleted: false, done: false };
const completed: ResultJob = { ...plain, end: { status: 'completed', at: '2030-01-01T00:00:00Z' } };
const failed: ResultJob = { ...plain, end: { status: 'failed', at: '2030-01-01T00:00:00Z' } };

const cases: Array<[string, Partial<Situation> & { job: ResultJob }, ReturnType<typeof nextStep>]> = [
  ['one that runs is looked at again', { job: plain }, { kind: 'look_again', afterMs: runningAgainMs }],
  ['a suspended one is left alone', { job: { ...plain, suspended: true } }, { kind: 'nothing' }],
  ['one that is being deleted unfinished is left alone', { job: { ...plain, deleted: true } }, { kind: 'nothing' }],
  ['a finished one needs a place', { job: completed }, { kind: 'look_at_place' }],
  ['a free place is written to', { job: failed, place: { of: 'nobody' } }, { kind: 'save' }],
  [
    'an earlier result is kept first',
    { job: completed, place: { of: 'earlier_job', uid: 'e' } },
    { kind: 'keep_earlier', uid: 'e' },
  ],
  ['a foreign one is told of', { job: completed, place: { of: 'somebody_else' } }, { kind: 'tell_of_the_place' }],
  [
    'and then only looked at now and then',
    { job: completed, place: { of: 'somebody_else' }, told: true },
    { kind: 'look_again', afterMs: 300_000 },
  ],
  ['what is saved is told', { job: completed, place: { of: 'this_job' } }, { kind: 'tell' }],
  ['what is told is marked', { job: failed, place: { of: 'this_job' }, told: true }, { kind: 'mark' }],
  ['a mark alone proves nothing', { job: { ...completed, done: true } }, { kind: 'look_at_place' }],
  [
    'a marked success without a result is saved',
    { job: { ...completed, done: true }, place: { of: 'nobody' } },
    { kind: 'save' },
  ],
  [
    'a marked success is deleted when its result is there',
    { job: { ...completed, done: true }, place: { of: 'this_job' } },
    { kind: 'delete' },
  ],
  [
    'but not before the queue has recorded it',
    { job: { ...completed, done: true }, keptForMs: 700 },
    { kind: 'look_again', afterMs: 700 },
  ],
  ['nor twice', { job: { ...completed, done: true, deleted: true } }, { kind: 'nothing' }],
  ['a marked failure is kept', { job: { ...failed, done: true } }, { kind: 'nothing' }],
  ['a finished one that is going is still saved', { job: { ...failed, deleted: true } }, { kind: 'look_at_place' }],
];

describe('the next step about a Job whose result is to be saved', () => {
  it.each(cases)('%s', (_name, situation, step) => {
    expect(nextStep({ told: false, keptForMs: 0, ...situation })).toEqual(step);
  });
});

describe('what is read of a Job', () => {
  const read = (status: unknown, annotations?: unknown, spec?: unknown): ResultJob =>
    projectResultJob({
      ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', uid: 'u', annotations } },
      ...{ status, spec },
    } as KubernetesObject);
  const at = '2030-01-01T00:00:00Z';

  it.each([
    ['a completion time', { completionTime: at }, { status: 'completed', at }],
    [
      'the condition Complete',
      { conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: at }] },
      { status: 'completed', at },
    ],
    [
      'the condition Failed',
      { conditions: [{ type: 'Failed', status: 'True', lastTransitionTime: at }] },
      { status: 'failed', at },
    ],
    ['no time that is one', { completionTime: 'yesterday' }, { status: 'completed', at: '' }],
    ['a condition that is not true', { conditions: [{ type: 'Failed', status: 'False' }] }, undefined],
    ['nothing', undefined, undefined],
    ['nonsense', { conditions: 'Failed', completionTime: 7 }, undefined],
    ['more nonsense', { conditions: [null, 5, { type: {} }] }, undefined],
  ])('by %s, says how it ended', (_name, status, end) => {
    expect(read(status).end).toEqual(end);
  });

  it('is done only when the mark says how it ended', () => {
    const mark = (status: string, uid = 'u'): unknown => ({ 'job-handler/status': status, 'job-handler/job-uid': uid });
    expect(read({ completionTime: at }, mark('completed')).done).toBe(true);
    expect(read({ completionTime: at }, mark('failed')).done).toBe(false);
    expect(read({}, mark('completed')).done).toBe(false);
    expect(read({}, 'completed').done).toBe(false);
    expect(read({ completionTime: at }, { 'job-handler/status': 'completed' }).done).toBe(true);
    expect(read({ completionTime: at }, mark('completed', 'that of an earlier Job')).done).toBe(false);
  });
});
