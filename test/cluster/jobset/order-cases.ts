// In which order replicated jobs start, and what suspending and resuming does. Each title is a sentence of what JobSet
// promises.
import { describe, expect, it } from 'vitest';
import type { JobSetSpec, ReplicatedJob, TemplateMetadata } from '../../../pkg/models/index.ts';
import { attemptOf, prefix, simple, unmanaged } from '../support/jobset-objects.ts';
import type { JobSetGround, TestJobSet } from '../support/jobsets.ts';

const inOrder: JobSetSpec = { ...simple(), startupPolicy: { startupPolicyOrder: 'InOrder' } };
const all = ['a-0', 'a-1', 'b-0'];

/** `b` needs `a`. */
const on = (status: 'Ready' | 'Complete'): JobSetSpec => ({
  replicatedJobs: [unmanaged('a', 2), unmanaged('b', 1, { dependsOn: [{ name: 'a', status }] })],
});

export function orderCases(ground: () => JobSetGround): void {
  const create: JobSetGround['create'] = (...args) => ground().create(...args);

  describe('InOrder', () => {
    it('starts one replicated job at a time, going on once ready + succeeded + failed == replicas', async () => {
      const set = await create(inOrder);
      await set.jobsAre('a-0', 'a-1');
      expect((await set.condition('StartupPolicyInProgress')).reason).toBe('InOrderStartupPolicyInProgress');
      await set.ready('a-0');
      await set.counts('a', { ready: 1 });
      expect(await set.jobs()).toEqual(['a-0', 'a-1']);
      await set.complete('a-1');
      await set.jobsAre(...all);
      await set.ready('b-0');
      expect((await set.condition('StartupPolicyCompleted')).reason).toBe('InOrderStartupPolicyCompleted');
      expect((await set.condition('StartupPolicyInProgress', 'False')).type).toBe('StartupPolicyInProgress');
      expect(await set.reasons(2)).toEqual(['InOrderStartupPolicyCompleted', 'InOrderStartupPolicyInProgress']);
    });

    it('begins anew with a restart: one of the two conditions True turns the other False', async () => {
      const set = await create({ ...inOrder, failurePolicy: { maxRestarts: 1 } });
      await set.jobsAre('a-0', 'a-1');
      expect((await set.condition('StartupPolicyInProgress')).status).toBe('True');
      expect((await set.status()).conditions).toHaveLength(1);
      await set.ready('a-0', 'a-1', 'b-0');
      await set.condition('StartupPolicyCompleted');
      await set.fail('b-0');
      await set.condition('StartupPolicyInProgress');
      await set.condition('StartupPolicyCompleted', 'False');
      await set.jobWhen('a-1', (job) => attemptOf(job) === '1');
      expect(await set.jobs()).toEqual(['a-0', 'a-1']);
    });

    it('a suspended JobSet creates its Jobs suspended, all of them, whatever the startup order', async () => {
      const set = await create({ ...inOrder, suspend: true });
      await set.jobsAre(...all);
      expect((await set.jobWhen('b-0')).spec.suspend).toBe(true);
      expect((await set.condition('Suspended')).type).toBe('Suspended');
      expect((await set.status()).conditions).toHaveLength(1);
    });

    it('resuming goes through the same order rules, and Suspended turns False with the last one', async () => {
      const set = await create({ ...inOrder, suspend: true });
      await set.jobsAre(...all);
      await set.condition('Suspended');
      await set.change({ suspend: false });
      await set.jobWhen('a-1', (job) => !job.spec.suspend);
      await set.condition('StartupPolicyInProgress');
      expect((await set.jobWhen('b-0')).spec.suspend).toBe(true);
      expect((await set.condition('Suspended')).status).toBe('True');
      await set.ready('a-0', 'a-1');
      await set.jobWhen('b-0', (job) => !job.spec.suspend);
      await set.ready('b-0');
      expect((await set.condition('Suspended', 'False')).reason).toBe('ResumeJobs');
    });
  });

  describe('dependsOn', () => {
    it('Ready is reached at ready + succeeded + failed == replicas', async () => {
      const set = await create(on('Ready'));
      await set.jobsAre('a-0', 'a-1');
      await set.ready('a-0');
      await set.counts('a', { ready: 1 });
      expect(await set.jobs()).toEqual(['a-0', 'a-1']);
      await set.complete('a-1');
      await set.jobsAre(...all);
    });

    it('Complete is reached at succeeded == replicas', async () => {
      const set = await create(on('Complete'));
      await set.ready('a-0', 'a-1');
      await set.counts('a', { ready: 2 });
      expect(await set.jobs()).toEqual(['a-0', 'a-1']);
      await set.complete('a-0', 'a-1');
      await set.jobsAre(...all);
    });

    it('every named replicated job must have reached its status, and others wait for nothing', async () => {
      const dependsOn = [
        { name: 'a', status: 'Complete' as const },
        { name: 'b', status: 'Ready' as const },
      ];
      const set = await create({
        replicatedJobs: [unmanaged('a'), unmanaged('b'), unmanaged('c', 1, { dependsOn }), unmanaged('d')],
      });
      await set.jobsAre('a-0', 'b-0', 'd-0');
      await set.complete('a-0');
      await set.counts('a', { succeeded: 1 });
      expect(await set.jobs()).not.toContain('c-0');
      await set.ready('b-0');
      await set.jobsAre('a-0', 'b-0', 'c-0', 'd-0');
    });

    it('a dependency that is short holds back a suspended JobSet’s Jobs too; resuming follows it', async () => {
      const set = await create({ ...on('Ready'), suspend: true });
      await set.condition('Suspended');
      expect(await set.jobs()).toEqual(['a-0', 'a-1']);
      await set.change({ suspend: false });
      await set.jobWhen('a-0', ({ spec }) => !spec.suspend);
      await set.ready('a-0', 'a-1');
      expect((await set.jobWhen('b-0')).spec.suspend).toBe(false);
    });

    it('starts anew with each attempt', async () => {
      const set = await create({ ...on('Ready'), failurePolicy: { maxRestarts: 1 } });
      await set.ready('a-0', 'a-1');
      await set.fail('b-0');
      await set.jobWhen('a-0', (job) => attemptOf(job) === '1');
      await set.jobsAre('a-0', 'a-1');
      await set.ready('a-0', 'a-1');
      expect(attemptOf(await set.jobWhen('b-0'))).toBe('1');
    });
  });

  describe('suspending and resuming', () => {
    const suspendAgain = async (set: TestJobSet, suspend: boolean): Promise<void> => {
      await set.change({ suspend });
      for (const job of all) await set.jobWhen(job, ({ spec }) => spec.suspend === suspend);
      await set.condition('Suspended', suspend ? 'True' : 'False');
    };

    it('sets suspend on the active Jobs, and back; each change gives one event with its reason', async () => {
      const set = await create(simple());
      await set.jobsAre(...all);
      await suspendAgain(set, true);
      expect((await set.condition('Suspended')).reason).toBe('SuspendedJobs');
      await set.counts('a', { suspended: 2 });
      await suspendAgain(set, false);
      expect((await set.condition('Suspended', 'False')).reason).toBe('ResumeJobs');
      await suspendAgain(set, true);
      await suspendAgain(set, false);
      expect(await set.reasons(4)).toEqual(['ResumeJobs', 'ResumeJobs', 'SuspendedJobs', 'SuspendedJobs']);
    });

    it('a JobSet that was never suspended does not say that it is not: nothing is added as False', async () => {
      const set = await create(simple());
      await set.ready(...all);
      await set.counts('a', { ready: 2 });
      expect((await set.status()).conditions ?? []).toEqual([]);
      expect(await set.events()).toEqual([]);
    });

    it('Jobs that are over are neither suspended nor resumed', async () => {
      const set = await create(simple());
      await set.complete('a-0');
      await set.counts('a', { succeeded: 1 });
      await set.change({ suspend: true });
      await set.jobWhen('b-0', ({ spec }) => spec.suspend);
      await set.condition('Suspended');
      expect((await set.jobWhen('a-0')).spec.suspend).toBe(false);
    });

    it('a suspended JobSet can end: its policies go on', async () => {
      const set = await create({ ...simple(), suspend: true });
      await set.jobsAre(...all);
      await set.complete(...all);
      await set.condition('Completed');
    });
  });

  describe('an outside queue', () => {
    const admitted = (pods: object, metadata: TemplateMetadata = {}): ReplicatedJob => {
      const job = unmanaged('a', 1, {}, pods);
      job.template.spec.template.metadata = metadata;
      return job;
    };
    const suspended = async (): Promise<TestJobSet> => {
      const set = await create({ replicatedJobs: [unmanaged('a')], suspend: true });
      await set.jobWhen('a-0', ({ spec }) => spec.suspend);
      await set.condition('Suspended');
      return set;
    };
    const spot = { key: 'spot', operator: 'Exists', effect: 'NoSchedule' };

    it('changes labels, annotations, nodeSelector, tolerations and schedulingGates: resumed Jobs have them', async () => {
      const set = await suspended();
      const pods = { nodeSelector: { pool: 'spot' }, tolerations: [spot], schedulingGates: [{ name: 'x.io/gate' }] };
      const metadata = { labels: { flavor: 'spot' }, annotations: { 'queue.io/x': 'y' } };
      await set.change({ replicatedJobs: [admitted(pods, metadata)], suspend: false });
      const { template } = (await set.jobWhen('a-0', ({ spec }) => !spec.suspend)).spec;
      expect(template.metadata.labels).toMatchObject({ flavor: 'spot', [`${prefix}jobset-name`]: set.name });
      expect(template.metadata.annotations).toMatchObject({ 'queue.io/x': 'y' });
      expect(template.spec).toMatchObject(pods);
    });

    it('what is there is merged over, not replaced', async () => {
      const set = await suspended();
      const own = { key: 'own', operator: 'Exists' };
      const template = {
        metadata: { labels: { own: 'yes' } },
        spec: { nodeSelector: { disk: 'ssd' }, tolerations: [own] },
      };
      await set.patchJob('a-0', { spec: { template } });
      const pods = { nodeSelector: { pool: 'spot' }, tolerations: [spot] };
      await set.change({ replicatedJobs: [admitted(pods, { labels: { flavor: 'spot' } })], suspend: false });
      const resumed = (await set.jobWhen('a-0', ({ spec }) => !spec.suspend)).spec.template;
      expect(resumed.spec).toMatchObject({ nodeSelector: { disk: 'ssd', pool: 'spot' }, tolerations: [own, spot] });
      expect(resumed.metadata.labels).toMatchObject({ own: 'yes', flavor: 'spot' });
    });

    it('a Job with a start time needs that cleared first: suspended while it ran, resumed elsewhere', async () => {
      const set = await create({ replicatedJobs: [unmanaged('a')] });
      await set.ready('a-0');
      await set.change({ suspend: true });
      await set.jobWhen('a-0', ({ spec }) => spec.suspend);
      await set.condition('Suspended');
      await set.stopped('a-0');
      expect((await set.jobWhen('a-0')).status.startTime).toBeDefined();
      await set.change({ replicatedJobs: [admitted({ nodeSelector: { pool: 'other' } })], suspend: false });
      const job = await set.jobWhen('a-0', ({ spec }) => !spec.suspend);
      expect(job.status.startTime).toBeUndefined();
      expect(job.spec.template.spec.nodeSelector).toEqual({ pool: 'other' });
    });

    it('suspends again what it resumed, and sends it elsewhere; a restart makes Jobs for where it is', async () => {
      const set = await create({
        ...{ replicatedJobs: [unmanaged('a')], suspend: true, failurePolicy: { maxRestarts: 1 } },
      });
      await set.condition('Suspended');
      for (const pool of ['one', 'two']) {
        await set.change({ replicatedJobs: [admitted({ nodeSelector: { pool } })], suspend: false });
        const job = await set.jobWhen('a-0', ({ spec }) => !spec.suspend);
        expect(job.spec.template.spec.nodeSelector).toEqual({ pool });
        await set.condition('Suspended', 'False');
        if (pool === 'two') break;
        await set.change({ suspend: true });
        await set.jobWhen('a-0', ({ spec }) => spec.suspend);
        await set.condition('Suspended');
      }
      await set.fail('a-0');
      const again = await set.jobWhen('a-0', (job) => attemptOf(job) === '1');
      expect(again.spec.template.spec.nodeSelector).toEqual({ pool: 'two' });
    });
  });
}
