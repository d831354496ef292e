// The carrier: that plans are carried out in full, once, and in their order, however late the watches are.
import { afterEach, describe, expect, it } from 'vitest';
import { aJobSetObject, aReplicatedJob, jobSetUid } from '../../../../support/jobset-builders.ts';
import { JobSetWorld } from '../../../../support/jobset-world.ts';
import { refusal } from '../../../../support/memory-api-server.ts';

const worlds: JobSetWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop();
});

async function worldWith(parts: Parameters<typeof aJobSetObject>[0] = {}): Promise<JobSetWorld> {
  const world = new JobSetWorld();
  worlds.push(world);
  world.server.put('jobsets', aJobSetObject(parts));
  await world.start();
  return world;
}

describe('the JobSet controller', () => {
  it('makes the Service and the Jobs, follows them and finishes', async () => {
    const world = await worldWith();
    expect(world.jobs).toEqual(['set-a-0', 'set-a-1']);
    expect(world.server.all('services').map(({ metadata }) => metadata.name)).toEqual(['set']);
    world.setJob('set-a-0', { active: 1, ready: 1 });
    await world.clock.advance(1_000);
    expect(world.status().replicatedJobsStatus).toMatchObject([{ active: 1, ready: 1 }]);
    for (const job of world.jobs) world.endJob(job, 'Complete');
    await world.clock.advance(1_000);
    expect(world.status()).toMatchObject({ terminalState: 'Completed', restarts: 0 });
    expect(world.events).toEqual(['AllJobsCompleted']);
    expect(world.metrics.measured).toContainEqual({
      ...{ name: 'jobset_completed_total', value: 1, labels: { jobset_name: 'set', namespace: 'ns' } },
    });
  });

  it('makes no Job twice and counts no restart twice while the watches are silent', async () => {
    const world = await worldWith({ spec: { failurePolicy: { maxRestarts: 3 } } });
    world.server.hold('jobs', 'jobsets');
    world.server.change('jobsets', 'set', (set) => ({ ...set, metadata: { ...set.metadata, labels: { touch: '1' } } }));
    await world.clock.advance(1_000);
    world.server.release();
    world.endJob('set-a-0', 'Failed');
    await world.settle();
    world.server.hold('jobs', 'jobsets');
    await world.clock.advance(60_000);
    expect(world.status().restarts).toBe(1);
    world.server.release();
    await world.settle();
    world.server.collect();
    await world.clock.advance(60_000);
    expect(world.status()).toMatchObject({ restarts: 1, restartsCountTowardsMax: 1 });
    expect(world.jobs).toEqual(['set-a-0', 'set-a-1']);
    const creates = world.server.writes.filter(({ verb, plural }) => verb === 'create' && plural === 'jobs');
    expect(creates.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(world.events).toEqual(['RestartJobSetFailurePolicyAction']);
  });

  it('does no harm to another one that does the same: nothing is made twice, and a restart counts once', async () => {
    const world = await worldWith({ spec: { failurePolicy: { maxRestarts: 3 } } });
    const other = new JobSetWorld(world);
    worlds.push(other);
    await other.start();
    world.endJob('set-a-0', 'Failed');
    for (let round = 0; round < 5; round += 1) {
      await world.settle();
      world.server.collect();
      await world.clock.advance(30_000);
    }
    expect(world.jobs).toEqual(['set-a-0', 'set-a-1']);
    expect(world.status()).toMatchObject({ restarts: 1, restartsCountTowardsMax: 1 });
    for (const job of world.jobs) world.endJob(job, 'Complete');
    await world.clock.advance(30_000);
    expect(world.status()).toMatchObject({ terminalState: 'Completed', restarts: 1 });
    const created = world.server.writes.filter(
      ({ verb, plural, outcome }) => `${verb} ${plural} ${outcome}` === 'create jobs ok',
    );
    expect(created).toHaveLength(4);
  });

  it('tells of a status that was taken although its answer was lost', async () => {
    const world = await worldWith();
    await world.clock.advance(1_000);
    world.endJob('set-a-0', 'Failed');
    world.loseNextAnswers(1);
    await world.clock.advance(10_000);
    expect(world.status().terminalState).toBe('Failed');
    expect(world.events).toEqual(['FailedJobs']);
    expect(world.metrics.measured.filter(({ name }) => name === 'jobset_failed_total')).toHaveLength(1);
  });

  it('asks about a Job that it made and nobody saw, and makes it again when it is gone', async () => {
    const world = new JobSetWorld();
    worlds.push(world);
    await world.start();
    world.server.hold('jobs');
    world.server.put('jobsets', aJobSetObject({ spec: { replicatedJobs: [aReplicatedJob('a', 1)] } }));
    await world.settle();
    expect(world.jobs).toEqual(['set-a-0']);
    world.server.remove('jobs', 'set-a-0');
    await world.clock.advance(9_000);
    expect(world.jobs).toEqual([]);
    await world.clock.advance(10_000);
    expect(world.jobs).toEqual(['set-a-0']);
    expect(world.server.reads).toBe(1);
  });

  it('leaves the JobSet as it is when a Job is refused, and says so in the API server’s words, once', async () => {
    const world = new JobSetWorld();
    worlds.push(world);
    world.server.refuses = (verb, { plural }, name) =>
      verb === 'create' && plural === 'jobs' && name === 'set-a-1'
        ? refusal(422, 'Invalid', 'bad template')
        : undefined;
    world.server.put('jobsets', aJobSetObject());
    await world.start();
    await world.clock.advance(120_000);
    expect(world.jobs).toEqual(['set-a-0']);
    expect(world.status()).toEqual({});
    expect(world.server.all('events')).toMatchObject([
      {
        ...{ type: 'Warning', reason: 'JobCreationFailed', involvedObject: { uid: jobSetUid } },
        message: 'job "set-a-1" creation failed with error: bad template',
      },
    ]);
    world.server.refuses = () => undefined;
    await world.clock.advance(60_000);
    expect(world.jobs).toEqual(['set-a-0', 'set-a-1']);
    expect(world.status().replicatedJobsStatus).toBeDefined();
  });

  it('asks nothing about Jobs that the watch has shown', async () => {
    const world = new JobSetWorld();
    worlds.push(world);
    await world.start();
    world.server.hold('jobs');
    world.server.put('jobsets', aJobSetObject());
    await world.clock.advance(9_900);
    expect(world.jobs).toEqual(['set-a-0', 'set-a-1']);
    world.server.release();
    await world.clock.advance(60_000);
    expect(world.server.reads).toBe(0);
  });

  it('asks for what a quota refuses now and then, however often its running Jobs change', async () => {
    const world = new JobSetWorld();
    worlds.push(world);
    let refused = 0;
    world.server.refuses = (verb, { plural }, name) => {
      if (verb !== 'create' || plural !== 'jobs' || name === 'set-a-0') return undefined;
      refused += 1;
      return refusal(403, 'Forbidden', 'exceeded quota');
    };
    world.server.put('jobsets', aJobSetObject());
    await world.start();
    for (let round = 0; round < 100; round += 1) {
      world.setJob('set-a-0', { active: round % 2 });
      await world.clock.advance(300);
    }
    expect(refused).toBeGreaterThan(2);
    expect(refused).toBeLessThan(12);
  });

  it('suspends what runs although something else cannot be made', async () => {
    const world = new JobSetWorld();
    worlds.push(world);
    world.server.refuses = (verb, { plural }, name) =>
      verb === 'create' && plural === 'jobs' && name === 'set-a-1' ? refusal(403, 'Forbidden', 'no') : undefined;
    world.server.put('jobsets', aJobSetObject());
    await world.start();
    world.server.change('jobsets', 'set', (jobSet) => ({
      ...jobSet,
      spec: { ...(jobSet.spec as object), suspend: true },
    }));
    await world.clock.advance(5_000);
    expect(world.server.find('jobs', 'set-a-0')?.spec).toMatchObject({ suspend: true });
    expect(world.status().conditions).toMatchObject([{ type: 'Suspended', status: 'True' }]);
  });

  it('does not take a Job of somebody else for its own', async () => {
    const world = new JobSetWorld();
    worlds.push(world);
    const metadata = { name: 'set-a-0', namespace: 'ns' };
    world.server.put('jobs', { apiVersion: 'batch/v1', kind: 'Job', metadata });
    world.server.put('jobsets', aJobSetObject());
    await world.start();
    expect(world.jobs).toEqual(['set-a-0', 'set-a-1']);
    expect(world.server.find('jobs', 'set-a-0')?.metadata.labels).toBeUndefined();
    expect(world.events).toEqual(['JobCreationFailed']);
  });

  it('makes no Job where the Service is refused', async () => {
    const world = new JobSetWorld();
    worlds.push(world);
    world.server.refuses = (_verb, { plural }) => (plural === 'services' ? refusal(403, 'Forbidden', 'no') : undefined);
    world.server.put('jobsets', aJobSetObject());
    await world.start();
    expect(world.jobs).toEqual([]);
    expect(world.events).toEqual(['HeadlessServiceCreationFailed']);
  });

  it('makes the Service again that somebody deleted', async () => {
    const world = await worldWith();
    world.server.remove('services', 'set');
    await world.settle();
    expect(world.server.all('services')).toHaveLength(1);
  });

  it('reads afresh when somebody else changed the JobSet meanwhile', async () => {
    const world = await worldWith();
    world.server.hold('jobsets');
    world.server.change('jobsets', 'set', (set) => ({ ...set, metadata: { ...set.metadata, labels: { a: 'b' } } }));
    world.setJob('set-a-0', { active: 1 });
    await world.clock.advance(1_000);
    expect(world.server.reads).toBe(1);
    expect(world.status().replicatedJobsStatus).toMatchObject([{ active: 1 }]);
    expect(world.server.find('jobsets', 'set')?.metadata.labels).toEqual({ a: 'b' });
  });

  it('suspends and resumes, the start time cleared and the template’s changes carried over', async () => {
    const world = await worldWith();
    world.setJob('set-a-0', { startTime: '2026-01-01T00:00:00Z' });
    const change = (spec: object): void =>
      world.server.change('jobsets', 'set', (set) => ({ ...set, spec: { ...set.spec, ...spec } }));
    change({ suspend: true });
    await world.settle();
    expect(world.server.all('jobs').map(({ spec }) => spec?.suspend)).toEqual([true, true]);
    expect(world.status().conditions).toMatchObject([{ type: 'Suspended', status: 'True' }]);
    const replicatedJob = aReplicatedJob('a', 2);
    replicatedJob.template.spec.template = { spec: { nodeSelector: { pool: 'spot' } } };
    change({ suspend: false, replicatedJobs: [replicatedJob] });
    await world.settle();
    const job = world.server.find('jobs', 'set-a-0');
    expect(job?.spec).toMatchObject({ suspend: false, template: { spec: { nodeSelector: { pool: 'spot' } } } });
    expect(job?.spec).toHaveProperty('template.spec.containers');
    expect(job?.status).not.toHaveProperty('startTime');
    expect(world.status().conditions).toMatchObject([{ type: 'Suspended', status: 'False' }]);
    expect(world.events).toEqual(['SuspendedJobs', 'ResumeJobs']);
  });

  it('tells of every change, also of the same twice in a second', async () => {
    const world = await worldWith();
    for (const suspend of [true, false, true, false]) {
      world.server.change('jobsets', 'set', (set) => ({ ...set, spec: { ...set.spec, suspend } }));
      await world.settle();
    }
    expect(world.events).toEqual(['SuspendedJobs', 'ResumeJobs', 'SuspendedJobs', 'ResumeJobs']);
  });

  it('begins with what is there after an answer that was lost and a change by somebody else', async () => {
    const world = await worldWith();
    await world.clock.advance(1_000);
    world.server.hold('jobsets');
    world.server.change('jobsets', 'set', (set) => ({ ...set, metadata: { ...set.metadata, labels: { a: 'b' } } }));
    world.endJob('set-a-0', 'Failed');
    world.loseNextAnswers(1);
    await world.clock.advance(10_000);
    const asked = world.server.writes.filter(({ verb, outcome }) => verb === 'patch_status' && outcome === 'Conflict');
    expect(asked).toHaveLength(1);
    expect(world.status().terminalState).toBe('Failed');
  });

  it('deletes a finished JobSet when its time is over', async () => {
    const world = await worldWith({ spec: { ttlSecondsAfterFinished: 30 } });
    for (const job of world.jobs) world.endJob(job, 'Complete');
    await world.settle();
    await world.clock.advance(29_000);
    expect(world.server.find('jobsets', 'set')?.metadata.deletionTimestamp).toBeUndefined();
    await world.clock.advance(2_000);
    expect(world.server.find('jobsets', 'set')?.metadata.deletionTimestamp).toBeDefined();
  });

  it('leaves a JobSet of another manager alone, its status too', async () => {
    const world = await worldWith({ spec: { managedBy: 'kueue.x-k8s.io/multikueue' } });
    await world.clock.advance(60_000);
    expect(world.server.writes).toEqual([]);
  });

  it('reports a restart-attempt that is no number, and goes on', async () => {
    const world = await worldWith({ spec: { failurePolicy: { maxRestarts: 1 } } });
    world.server.change('jobs', 'set-a-0', (job) => ({
      ...job,
      metadata: { ...job.metadata, labels: { 'jobset.sigs.k8s.io/restart-attempt': 'x' } },
    }));
    await world.settle();
    expect(world.events).toEqual(['InvalidRestartAttempt']);
    world.endJob('set-a-1', 'Failed');
    await world.settle();
    expect(world.logger.lines.filter(({ message }) => message === 'a JobSet has a problem')).toHaveLength(1);
    expect(world.status().restarts).toBe(1);
    expect(world.server.find('jobs', 'set-a-0')?.metadata.deletionTimestamp).toBeUndefined();
  });

  it('stops at a quota instead of asking for every Job', async () => {
    const world = new JobSetWorld();
    worlds.push(world);
    world.server.refuses = (verb, { plural }) =>
      verb === 'create' && plural === 'jobs' ? refusal(403, 'Forbidden', 'exceeded quota') : undefined;
    world.server.put('jobsets', aJobSetObject({ spec: { replicatedJobs: [aReplicatedJob('a', 500)] } }));
    await world.start();
    const asked = world.server.writes.filter(({ verb, plural }) => verb === 'create' && plural === 'jobs').length;
    expect(asked).toBeLessThanOrEqual(50);
  });

  it('asks the API server for little more than what a JobSet’s life cannot do without', async () => {
    const world = await worldWith({ spec: { replicatedJobs: [aReplicatedJob('a', 4)] } });
    for (const state of [{ active: 1 }, { active: 1, ready: 1 }])
      for (const job of world.jobs) {
        world.setJob(job, state);
        await world.clock.advance(20);
      }
    for (const job of world.jobs) {
      world.endJob(job, 'Complete');
      await world.clock.advance(20);
    }
    await world.clock.advance(10_000);
    expect(world.status().terminalState).toBe('Completed');
    const calls = world.server.writes.map(({ verb, plural }) => `${verb} ${plural}`);
    const count = (call: string): number => calls.filter((each) => each === call).length;
    expect([count('create services'), count('create jobs'), count('create events')]).toEqual([1, 4, 1]);
    // The least: that it runs, and that it is over.
    expect(count('patch_status jobsets')).toBeLessThanOrEqual(4);
    expect(calls).toHaveLength(6 + count('patch_status jobsets'));
    expect(world.server.reads).toBe(0);
  });

  it('makes a thousand Jobs and writes one status', async () => {
    const world = await worldWith({ spec: { replicatedJobs: [aReplicatedJob('a', 1_000)] } });
    await world.clock.advance(5_000);
    expect(world.jobs).toHaveLength(1_000);
    expect(world.server.writes.filter(({ verb }) => verb === 'patch_status')).toHaveLength(1);
  });
});
