// The order of the steps, and all that is no policy of its own: whose Jobs they are, what is counted, what is made again.
import { describe, expect, it } from 'vitest';
import { childJob } from '../../../../../internal/controllers/jobset/child-jobs.ts';
import { emptyPlan } from '../../../../../internal/controllers/jobset/plan.ts';
import type { JobSetCondition } from '../../../../../pkg/models/index.ts';
import {
  aJob,
  aJobObject,
  aJobSet,
  aReplicatedJob,
  complete,
  failed,
  namesOf,
  planOf,
  ready,
  running,
  startMs,
} from '../../../../support/jobset-builders.ts';

const completed: JobSetCondition = {
  ...{ type: 'Completed', status: 'True', reason: 'AllJobsCompleted', message: '' },
  lastTransitionTime: '2026-01-01T00:00:00Z',
};

describe('nothing is done', () => {
  it.each([
    ['about a JobSet that is being deleted', { deletionTimestamp: '2026-01-01T00:00:00Z' }],
    ['about one that another controller manages', { spec: { managedBy: 'kueue.x-k8s.io/multikueue' } }],
  ])('%s', (_sentence, parts) => {
    expect(planOf(aJobSet(parts), [aJob('set-a-0', failed)], { hasService: false })).toEqual(emptyPlan());
  });

  it('different when managedBy names JobSet’s own controller', () => {
    const jobSet = aJobSet({ spec: { managedBy: 'jobset.sigs.k8s.io/jobset-controller' } });
    expect(planOf(jobSet).creations).toHaveLength(2);
  });
});

describe('child Jobs', () => {
  it('are those whose controller reference is to a JobSet', () => {
    const job = aJobObject('set-a-0');
    const [reference] = job.metadata.ownerReferences ?? [];
    if (!reference) throw new Error('no reference');
    const owned = (change: Partial<typeof reference>) =>
      childJob({ ...job, metadata: { ...job.metadata, ownerReferences: [{ ...reference, ...change }] } });
    expect(owned({})?.owner.uid).toBe(reference.uid);
    expect(owned({ controller: false })).toBeUndefined();
    expect(owned({ kind: 'CronJob' })).toBeUndefined();
    expect(owned({ apiVersion: 'other.io/v1' })).toBeUndefined();
  });

  it('are made once: never one of a name that is there, in whatever state', () => {
    const jobSet = aJobSet({ spec: { replicatedJobs: [aReplicatedJob('a', 4)] }, status: { restarts: 1 } });
    const jobs = [
      aJob('set-a-0', { ...running, attempt: '0' }),
      aJob('set-a-1', { ...complete, attempt: '1' }),
      aJob('set-a-2', { ...running, attempt: '1', deleting: true }),
    ];
    expect(namesOf(planOf(jobSet, jobs).creations)).toEqual(['set-a-3']);
  });

  it('of attempts before are deleted, but for those that are going already', () => {
    const jobSet = aJobSet({ status: { restarts: 2 } });
    const jobs = [
      aJob('set-a-0', { ...failed, attempt: '1' }),
      aJob('set-a-1', { ...running, attempt: '0', deleting: true }),
    ];
    expect(planOf(jobSet, jobs).deletions.map(({ name }) => name)).toEqual(['set-a-0']);
  });

  it.each([
    ['is gone', null],
    ['is no number', 'first'],
    ['is negative', '-1'],
  ])('whose restart-attempt %s are reported and left alone', (_sentence, attempt) => {
    const odd = aJob('set-a-0', { ...failed, attempt });
    const plan = planOf(aJobSet({ spec: { failurePolicy: { maxRestarts: 3 } }, status: { restarts: 1 } }), [odd]);
    expect(plan.odd).toEqual([odd]);
    expect(plan.deletions).toEqual([]);
    expect(plan.finished).toBeUndefined();
    expect(namesOf(plan.creations)).toEqual(['set-a-1']);
  });
});

describe('replicatedJobsStatus', () => {
  const zero = { ready: 0, succeeded: 0, failed: 0, active: 0, suspended: 0 };
  const countOf = (job: ReturnType<typeof aJob>) => planOf(aJobSet(), [job]).status?.replicatedJobsStatus;

  it.each([
    ['a Job is active while it has active pods', aJob('set-a-0', running), { active: 1 }],
    ['ready when all its pods are', aJob('set-a-0', ready), { active: 1, ready: 1 }],
    [
      'ready when succeeded and ready pods are min(parallelism, completions)',
      aJob('set-a-0', { spec: { parallelism: 5, completions: 3 }, status: { active: 1, ready: 1, succeeded: 2 } }),
      { active: 1, ready: 1 },
    ],
    [
      'not ready with one pod too few',
      aJob('set-a-0', { spec: { parallelism: 3, completions: 5 }, status: { active: 3, ready: 2 } }),
      { active: 1 },
    ],
    ['suspended by its spec', aJob('set-a-0', { spec: { suspend: true } }), { suspended: 1 }],
    ['succeeded', aJob('set-a-0', complete), { succeeded: 1 }],
    ['failed', aJob('set-a-0', failed), { failed: 1 }],
  ])('%s', (_sentence, job, counts) => {
    expect(countOf(job)).toEqual([{ name: 'a', ...zero, ...counts }]);
  });

  it('does not count Jobs of attempts before', () => {
    const plan = planOf(aJobSet({ status: { restarts: 1 } }), [aJob('set-a-0', ready)]);
    expect(plan.status?.replicatedJobsStatus).toEqual([{ name: 'a', ...zero }]);
  });

  it('is written only when it changes, in whatever order it is', () => {
    const spec = { replicatedJobs: [aReplicatedJob('a'), aReplicatedJob('b')] };
    const replicatedJobsStatus = [
      { name: 'b', ...zero },
      { name: 'a', ...zero, active: 1 },
    ];
    const jobSet = aJobSet({ spec, status: { replicatedJobsStatus } });
    expect(planOf(jobSet, [aJob('set-a-0', running)]).status).toBeUndefined();
    expect(planOf(jobSet, [aJob('set-a-0', ready)]).status).toBeDefined();
  });
});

describe('a finished JobSet', () => {
  const status = { conditions: [completed], restarts: 1 };

  it('has its active Jobs deleted, and nothing else', () => {
    const jobs = [
      aJob('set-a-0', { ...running, attempt: '1' }),
      aJob('set-a-1', { ...complete, attempt: '1' }),
      aJob('set-b-0', { ...failed, attempt: '1' }),
      aJob('set-b-1', { ...running, attempt: '1', deleting: true }),
    ];
    const plan = planOf(aJobSet({ status }), jobs, { hasService: false });
    expect(plan.deletions.map(({ name }) => name)).toEqual(['set-a-0']);
    expect(plan).toMatchObject({ creations: [], changes: [], deleteJobSet: false });
    expect(plan.service).toBeUndefined();
  });

  it.each([
    ['stays for good without a time to live', undefined, 0, false, undefined],
    ['stays until its time is over', 60, 59_000, false, 1_000],
    ['is deleted when its time is over', 60, 60_000, true, undefined],
    ['is deleted at once with a time to live of 0', 0, 0, true, undefined],
  ])('%s', (_sentence, ttlSecondsAfterFinished, laterMs, isDeleted, requeueAfterMs) => {
    const spec = ttlSecondsAfterFinished === undefined ? {} : { ttlSecondsAfterFinished };
    const plan = planOf(aJobSet({ spec, status }), [], { nowMs: startMs + laterMs });
    expect(plan.deleteJobSet).toBe(isDeleted);
    expect(plan.requeueAfterMs).toBe(requeueAfterMs);
  });

  it('still counts its Jobs', () => {
    expect(planOf(aJobSet({ status }), []).status?.replicatedJobsStatus).toHaveLength(1);
  });
});

describe('a restart', () => {
  const previous = [aJob('set-a-0', failed), aJob('set-a-1', { ...running, deleting: true })];
  const spec = { replicatedJobs: [aReplicatedJob('a', 3)] };

  it('makes what has no name in the way at once with Recreate', () => {
    const jobSet = aJobSet({ spec: { ...spec, failurePolicy: { maxRestarts: 1 } }, status: { restarts: 1 } });
    expect(namesOf(planOf(jobSet, previous).creations)).toEqual(['set-a-2']);
  });

  it('makes nothing before all previous Jobs are gone with BlockingRecreate', () => {
    const failurePolicy = { maxRestarts: 1, restartStrategy: 'BlockingRecreate' as const };
    const jobSet = aJobSet({ spec: { ...spec, failurePolicy }, status: { restarts: 1 } });
    expect(planOf(jobSet, previous).creations).toEqual([]);
    expect(planOf(jobSet, []).creations).toHaveLength(3);
  });

  it('labels the new Jobs with its number', () => {
    const [job] = planOf(aJobSet({ status: { restarts: 1 } })).creations;
    expect(job?.metadata.labels?.['jobset.sigs.k8s.io/restart-attempt']).toBe('1');
  });
});

describe('the headless Service', () => {
  it('is made when it is missing, with the JobSet as its controller', () => {
    expect(planOf(aJobSet(), [], { hasService: false }).service).toMatchObject({
      metadata: { name: 'set', namespace: 'ns', ownerReferences: [{ name: 'set', controller: true }] },
      spec: {
        ...{ clusterIP: 'None', selector: { 'jobset.sigs.k8s.io/jobset-name': 'set' } },
        publishNotReadyAddresses: true,
      },
    });
  });

  it('is called after the subdomain, which the pods have too', () => {
    const network = { subdomain: 'net', publishNotReadyAddresses: false };
    const plan = planOf(aJobSet({ spec: { network } }), [], { hasService: false });
    expect(plan.service).toMatchObject({ metadata: { name: 'net' }, spec: { publishNotReadyAddresses: false } });
    expect(plan.creations[0]?.spec).toMatchObject({ template: { spec: { subdomain: 'net' } } });
  });

  it('is made again when somebody deleted it, and only then', () => {
    const jobs = [aJob('set-a-0', running), aJob('set-a-1', running)];
    expect(planOf(aJobSet(), jobs, { hasService: false }).service).toBeDefined();
    expect(planOf(aJobSet(), jobs).service).toBeUndefined();
  });

  it('is not made without DNS hostnames, and the pods have no subdomain', () => {
    const jobSet = aJobSet({ spec: { network: { enableDNSHostnames: false } } });
    const plan = planOf(jobSet, [], { hasService: false });
    expect(plan.service).toBeUndefined();
    expect(plan.creations[0]?.spec).not.toHaveProperty('template.spec.subdomain');
  });
});

it('a JobSet of more Jobs than any cluster holds is refused without listing them', () => {
  const plan = planOf(aJobSet({ spec: { replicatedJobs: [aReplicatedJob('a', 2_000_000_000)] } }));
  expect(plan.problem).toContain('at most 100000');
  expect(plan.creations).toEqual([]);
});
