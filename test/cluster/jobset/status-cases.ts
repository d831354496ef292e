// Which Jobs are a JobSet's own, what is counted of them, and how its end is reached. Each title is a sentence of what JobSet
// promises.
import { describe, expect, it } from 'vitest';
import type { ReplicatedJob } from '../../../pkg/models/index.ts';
import { attemptOf, prefix, simple, unmanaged } from '../support/jobset-objects.ts';
import type { JobSetGround } from '../support/jobsets.ts';

/** With so many pods at once, of so many in all. */
function wide(name: string, parallelism: number, completions: number): ReplicatedJob {
  const job = unmanaged(name);
  Object.assign(job.template.spec, { parallelism, completions });
  return job;
}

const startTime = '2026-01-01T00:00:00Z';

export function statusCases(ground: () => JobSetGround): void {
  const create: JobSetGround['create'] = (...args) => ground().create(...args);

  // First of all: the garbage collector takes up to half a minute to learn of a new kind.
  describe('the end', () => {
    it('a finished JobSet is deleted ttlSecondsAfterFinished after its end, in the foreground', async () => {
      const set = await create({ ...simple(), ttlSecondsAfterFinished: 1, successPolicy: { operator: 'Any' } });
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.hold('a-0');
      await set.complete('a-0');
      const { metadata, status } = await set.documentWhen(({ metadata: { deletionTimestamp } }) => !!deletionTimestamp);
      expect(metadata.finalizers).toContain('foregroundDeletion');
      const end = status?.conditions?.find(({ type }) => type === 'Completed')?.lastTransitionTime ?? '';
      expect(Date.parse(metadata.deletionTimestamp ?? '') - Date.parse(end)).toBeGreaterThanOrEqual(1_000);
      await set.letGo('a-0');
      await set.gone();
    });

    it('a finished JobSet without a TTL stays; it may be given one later', async () => {
      const set = await create(simple());
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.complete('a-0', 'a-1', 'b-0');
      await set.condition('Completed');
      await set.event('AllJobsCompleted');
      expect((await set.document())?.metadata.deletionTimestamp).toBeUndefined();
      await set.change({ ttlSecondsAfterFinished: 0 });
      await set.gone();
    });

    it('what its Jobs do later changes nothing of it', async () => {
      const set = await create({ ...simple(), successPolicy: { operator: 'Any' } });
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.hold('b-0');
      await set.complete('a-0');
      await set.condition('Completed');
      await set.fail('b-0');
      await set.counts('b', { failed: 1 });
      const { terminalState, conditions = [] } = await set.status();
      expect([terminalState, ...conditions.map(({ type }) => type)]).toEqual(['Completed', 'Completed']);
      await set.letGo('b-0');
    });
  });

  describe('the Jobs', () => {
    it('that are its own have this JobSet’s UID as controller: no other of its name or its labels counts', async () => {
      const set = await create(simple());
      await set.jobsAre('a-0', 'a-1', 'b-0');
      const { labels } = (await set.jobWhen('b-0')).metadata;
      const owner = { apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', name: set.name, uid: await set.uid() };
      await set.strangerJob('b-7', { labels });
      await set.strangerJob('b-8', { labels, ownerReferences: [{ ...owner, controller: false }] });
      await set.fail('b-7');
      await set.fail('b-8');
      await set.complete('a-0');
      const { conditions = [] } = await set.counts('a', { succeeded: 1 });
      expect(conditions).toEqual([]);
      await set.counts('b', { failed: 0 });
    });

    it('of a JobSet of the same name but another UID are not its own, and hold their names until they are gone', async () => {
      const set = await create(simple());
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.hold('a-0');
      const { uid } = (await set.jobWhen('a-0')).metadata;
      await set.delete('Background');
      await set.gone();
      await set.createAgain(simple());
      const event = await set.event('JobCreationFailed');
      expect(event.message).toContain(`jobs.batch "${set.name}-a-0" already exists`);
      await set.fail('a-0');
      expect((await set.jobWhen('a-0')).metadata.uid).toBe(uid);
      await set.letGo('a-0');
      await set.jobWhen('a-0', ({ metadata }) => metadata.uid !== uid);
      expect((await set.counts('a', { failed: 0 })).conditions ?? []).toEqual([]);
      await set.jobsAre('a-0', 'a-1', 'b-0');
    });

    it('that are missing are made, with the attempt that it is', async () => {
      const set = await create(simple());
      const { metadata } = await set.jobWhen('a-1');
      await set.deleteJob('a-1');
      const again = await set.jobWhen('a-1', (job) => job.metadata.uid !== metadata.uid);
      expect(attemptOf(again)).toBe('0');
    });

    it('of a deleted JobSet are left alone: nothing is made and no status is written', async () => {
      const set = await create(simple());
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.counts('a', { active: 0 });
      await set.patch({ metadata: { finalizers: ['test.kubejobs.io/hold'] } });
      await set.delete('Background');
      const { status } = (await set.document()) ?? {};
      await set.fail('a-0');
      await set.deleteJob('b-0');
      const witness = await create(simple());
      await witness.counts('a', { active: 0 });
      expect(await set.jobs()).toEqual(['a-0', 'a-1']);
      expect((await set.document())?.status).toEqual(status);
      await set.patch({ metadata: { finalizers: null } });
      await set.gone();
    });

    it('and the Service go with their JobSet', async () => {
      const set = await create(simple());
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.delete();
      await set.gone();
      await set.jobsAre();
      await set.noService();
    });

    it('whose restart-attempt is no number are reported once and left alone', async () => {
      const set = await create(simple({ maxRestarts: 2 }));
      const { metadata } = await set.jobWhen('a-0');
      await set.patchJob('a-0', { metadata: { labels: { [`${prefix}restart-attempt`]: 'first' } } });
      const event = await set.event('InvalidRestartAttempt');
      expect(event).toMatchObject({ type: 'Warning', message: expect.stringContaining(`${set.name}-a-0`) });
      for (const attempt of ['1', '2']) {
        await set.fail('a-1');
        await set.jobWhen('a-1', (job) => attemptOf(job) === attempt);
      }
      const left = (await set.jobWhen('a-0')).metadata;
      expect([left.uid, left.deletionTimestamp]).toEqual([metadata.uid, undefined]);
      expect((await set.events()).filter(({ reason }) => reason === 'InvalidRestartAttempt')).toHaveLength(1);
    });

    it('are neither made nor counted where managedBy names another controller; its own name changes nothing', async () => {
      const other = await create({ ...simple(), managedBy: 'kueue.x-k8s.io/multikueue' });
      const own = await create({ ...simple(), managedBy: 'jobset.sigs.k8s.io/jobset-controller' });
      await own.counts('a', { active: 0 });
      expect(await other.jobs()).toEqual([]);
      expect((await other.document())?.status).toBeUndefined();
    });

    it('that the API server refuses: Warning event JobCreationFailed with its words, JobSet untouched otherwise', async () => {
      const bad = unmanaged('bad', 1, {}, { containers: [{ name: 'No_Name', image: 'busybox:1.36' }] });
      const set = await create({ replicatedJobs: [unmanaged('a'), bad] });
      const { type, message } = await set.event('JobCreationFailed');
      expect(type).toBe('Warning');
      expect(message).toContain(`job "${set.name}-bad-0" creation failed with error: `);
      expect(message).toContain('spec.template.spec.containers[0].name: Invalid value: "No_Name"');
      await set.jobsAre('a-0');
      expect((await set.document())?.status).toBeUndefined();
    });
  });

  describe('the counts', () => {
    it('are ready, active, suspended, succeeded and failed Jobs of each replicated job', async () => {
      const set = await create({ replicatedJobs: [unmanaged('a', 3), unmanaged('b')] });
      await set.jobsAre('a-0', 'a-1', 'a-2', 'b-0');
      await set.counts('a', { ready: 0, succeeded: 0, failed: 0, active: 0, suspended: 0 });
      await set.ready('a-0');
      await set.running('a-1');
      await set.complete('a-2');
      await set.counts('a', { ready: 1, active: 2, succeeded: 1, failed: 0, suspended: 0 });
      await set.fail('b-0');
      await set.counts('b', { failed: 1 });
    });

    it('a Job is ready when succeeded + ready ≥ min(parallelism, completions)', async () => {
      const set = await create({ replicatedJobs: [wide('a', 4, 2), wide('b', 2, 3), wide('c', 3, 3)] });
      await set.says('a-0', { startTime, active: 2, ready: 2 });
      await set.says('b-0', { startTime, active: 1, ready: 1, succeeded: 1, completedIndexes: '0' });
      await set.says('c-0', { startTime, active: 3, ready: 2 });
      await set.counts('a', { ready: 1 });
      await set.counts('b', { ready: 1 });
      await set.counts('c', { ready: 0, active: 1 });
    });
  });

  describe('the success policy', () => {
    it('All needs all replicas of every replicated job', async () => {
      const set = await create(simple());
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.complete('a-0', 'a-1');
      expect((await set.counts('a', { succeeded: 2 })).terminalState ?? '').toBe('');
      await set.complete('b-0');
      const { reason, message } = await set.condition('Completed');
      expect([reason, message]).toEqual(['AllJobsCompleted', 'jobset completed successfully']);
      expect((await set.status()).terminalState).toBe('Completed');
      expect(await set.event('AllJobsCompleted')).toMatchObject({ type: 'Normal' });
    });

    it('All over its targets alone; the others’ active Jobs are deleted', async () => {
      const set = await create({ ...simple(), successPolicy: { operator: 'All', targetReplicatedJobs: ['a'] } });
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.complete('a-0');
      expect((await set.counts('a', { succeeded: 1 })).terminalState ?? '').toBe('');
      await set.complete('a-1');
      await set.condition('Completed');
      await set.jobsAre('a-0', 'a-1');
    });

    it('Any needs one successful Job among the targets', async () => {
      const set = await create({ ...simple(), successPolicy: { operator: 'Any', targetReplicatedJobs: ['a'] } });
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.complete('b-0');
      expect((await set.counts('b', { succeeded: 1 })).terminalState ?? '').toBe('');
      await set.complete('a-1');
      await set.condition('Completed');
      await set.jobsAre('a-1', 'b-0');
    });

    it('an empty target list means every replicated job', async () => {
      const any = await create({ ...simple(), successPolicy: { operator: 'Any', targetReplicatedJobs: [] } });
      const all = await create({ ...simple(), successPolicy: { operator: 'All', targetReplicatedJobs: [] } });
      await any.complete('b-0');
      await any.condition('Completed');
      await all.complete('a-0', 'a-1');
      expect((await all.counts('a', { succeeded: 2 })).terminalState ?? '').toBe('');
      await all.complete('b-0');
      await all.condition('Completed');
    });
  });
}
