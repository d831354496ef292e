// JobSets on a real control plane, without pods: the tests play the Job controller, kubejobs the JobSet controller, and all is
// asserted through the Kubernetes API. Each title is a sentence of what JobSet promises.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FailurePolicy, JobSetSpec } from '../../pkg/models/index.ts';
import { describeCluster } from './harness/shared-cluster.ts';
import { type JobDocument, JobSetGround, type TestJobSet, unmanaged } from './support/jobsets.ts';
import { until } from './support/queue.ts';

const prefix = 'jobset.sigs.k8s.io/';
const attemptOf = ({ metadata }: JobDocument): string | undefined => metadata.labels[`${prefix}restart-attempt`];

describeCluster('a JobSet without pods', (cluster) => {
  let ground!: JobSetGround;
  beforeAll(async () => {
    ground = await JobSetGround.prepare(cluster);
  });
  afterAll(() => ground?.clear());

  const create = (spec: JobSetSpec, annotations?: Record<string, string>): Promise<TestJobSet> =>
    ground.create(spec, annotations);
  const simple = (failurePolicy?: FailurePolicy): JobSetSpec => ({
    replicatedJobs: [unmanaged('a', 2), unmanaged('b')],
    ...(failurePolicy && { failurePolicy }),
  });

  describe('names, labels and annotations', () => {
    it('a child Job is <jobset>-<replicatedJob>-<jobIndex>, with the JobSet as its controller', async () => {
      const set = await create(simple());
      await set.jobsAre('a-0', 'a-1', 'b-0');
      const uid = (await set.document())?.metadata.uid;
      expect((await set.jobWhen('b-0')).metadata.ownerReferences).toEqual([
        expect.objectContaining({ kind: 'JobSet', name: set.name, uid, controller: true, blockOwnerDeletion: true }),
      ]);
    });

    it('every child Job and its pod template carry the marks as both labels and annotations', async () => {
      const set = await create({ replicatedJobs: [unmanaged('a', 2), unmanaged('b', 1, { groupName: 'other' })] });
      const job = await set.jobWhen('b-0');
      const marks = {
        [`${prefix}jobset-name`]: set.name,
        [`${prefix}jobset-uid`]: (await set.document())?.metadata.uid,
        [`${prefix}replicatedjob-name`]: 'b',
        [`${prefix}replicatedjob-replicas`]: '1',
        [`${prefix}job-index`]: '0',
        [`${prefix}job-global-index`]: '2',
        [`${prefix}global-replicas`]: '3',
        [`${prefix}group-name`]: 'other',
        [`${prefix}group-replicas`]: '1',
        [`${prefix}job-group-index`]: '0',
        [`${prefix}restart-attempt`]: '0',
        [`${prefix}job-key`]: createHash('sha1').update(`${ground.namespace}/${set.name}-b-0`).digest('hex'),
      };
      const pods = job.spec.template.metadata;
      for (const found of [job.metadata.labels, job.metadata.annotations, pods.labels, pods.annotations])
        expect(found).toMatchObject(marks);
      expect(job.metadata.labels).not.toHaveProperty([`${prefix}coordinator`]);
    });

    it('the coordinator’s address is there with a coordinator', async () => {
      const set = await create({
        replicatedJobs: [unmanaged('a', 2)],
        coordinator: { replicatedJob: 'a', jobIndex: 1, podIndex: 0 },
      });
      const { labels } = (await set.jobWhen('a-0')).metadata;
      expect(labels[`${prefix}coordinator`]).toBe(`${set.name}-a-1-0.${set.name}`);
    });

    it('completionMode defaults to Indexed and the pods’ restartPolicy to OnFailure', async () => {
      const { spec } = await (await create(simple())).jobWhen('a-0');
      expect(spec.completionMode).toBe('Indexed');
      expect(spec.template.spec.restartPolicy).toBe('OnFailure');
    });
  });

  describe('the Service', () => {
    it('is headless, selects the JobSet’s pods, publishes them before they are ready, and is the JobSet’s', async () => {
      const set = await create(simple());
      await set.jobsAre('a-0', 'a-1', 'b-0');
      const service = await set.service();
      expect(service?.spec).toMatchObject({
        ...{ clusterIP: 'None', publishNotReadyAddresses: true, selector: { [`${prefix}jobset-name`]: set.name } },
      });
      expect(service?.metadata.ownerReferences).toEqual([
        expect.objectContaining({ name: set.name, controller: true }),
      ]);
      expect((await set.jobWhen('a-0')).spec.template.spec.subdomain).toBe(set.name);
    });

    it('is made again when somebody deleted it', async () => {
      const set = await create(simple());
      await set.jobsAre('a-0', 'a-1', 'b-0');
      const before = (await set.service())?.metadata.uid;
      await set.deleteService();
      await until(async () => ![undefined, before].includes((await set.service())?.metadata.uid as string), 20_000);
    });

    it('is called after the subdomain', async () => {
      const subdomain = 'other-net';
      const set = await create({ ...simple(), network: { subdomain, publishNotReadyAddresses: false } });
      expect((await set.jobWhen('b-0')).spec.template.spec.subdomain).toBe(subdomain);
      expect((await set.service(subdomain))?.spec.publishNotReadyAddresses ?? false).toBe(false);
      expect(await set.service()).toBeUndefined();
    });

    it('is not made without DNS hostnames', async () => {
      const set = await create({ ...simple(), network: { enableDNSHostnames: false } });
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.counts('a', { active: 0 });
      expect(await set.service()).toBeUndefined();
      expect((await set.jobWhen('a-0')).spec.template.spec).not.toHaveProperty('subdomain');
    });
  });

  describe('the status', () => {
    it('counts ready, active, suspended, succeeded and failed Jobs of each replicated job', async () => {
      const set = await create({ replicatedJobs: [unmanaged('a', 3)], successPolicy: { operator: 'All' } });
      await set.jobsAre('a-0', 'a-1', 'a-2');
      await set.counts('a', { ready: 0, succeeded: 0, failed: 0, active: 0, suspended: 0 });
      await set.ready('a-0');
      await set.running('a-1');
      await set.complete('a-2');
      await set.counts('a', { ready: 1, active: 2, succeeded: 1, failed: 0, suspended: 0 });
    });

    it('a Job that is gone is made again with the same attempt', async () => {
      const set = await create(simple());
      const { metadata } = await set.jobWhen('a-1');
      await set.deleteJob('a-1');
      const again = await set.jobWhen('a-1', (job) => job.metadata.uid !== metadata.uid);
      expect(attemptOf(again)).toBe('0');
    });
  });

  describe('the success policy', () => {
    it('All needs all replicas of every replicated job; Completed tells it with one event', async () => {
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

    it('Any needs one successful Job among the targets, and the active Jobs are deleted', async () => {
      const set = await create({ ...simple(), successPolicy: { operator: 'Any', targetReplicatedJobs: ['a'] } });
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.complete('b-0');
      expect((await set.counts('b', { succeeded: 1 })).terminalState ?? '').toBe('');
      await set.complete('a-1');
      await set.condition('Completed');
      await set.jobsAre('a-1', 'b-0');
    });

    it('All over its targets alone', async () => {
      const set = await create({ ...simple(), successPolicy: { operator: 'All', targetReplicatedJobs: ['b'] } });
      await set.complete('b-0');
      await set.condition('Completed');
    });
  });

  describe('the failure policy', () => {
    it('no policy: the JobSet fails at the first failed Job, which is named', async () => {
      const set = await create(simple());
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.fail('a-1');
      const { reason, message } = await set.condition('Failed');
      expect(reason).toBe('FailedJobs');
      expect(message).toMatch(new RegExp(`\\(first failed job: ${set.name}-a-1\\)$`));
      expect((await set.status()).terminalState).toBe('Failed');
      expect(await set.event('FailedJobs')).toMatchObject({ type: 'Warning', message });
      await set.jobsAre('a-1');
    });

    it('RestartJobSet raises both counts, deletes the old Jobs and makes new ones, until maxRestarts', async () => {
      const set = await create(simple({ maxRestarts: 1 }));
      const { metadata } = await set.jobWhen('b-0');
      await set.fail('a-0');
      await set.statusWhen(({ restarts, restartsCountTowardsMax }) => restarts === 1 && restartsCountTowardsMax === 1);
      const again = await set.jobWhen('b-0', (job) => job.metadata.uid !== metadata.uid);
      expect(attemptOf(again)).toBe('1');
      expect(await set.event('RestartJobSetFailurePolicyAction')).toMatchObject({ type: 'Warning' });
      await set.jobWhen('a-0', (job) => attemptOf(job) === '1');
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.fail('a-0');
      expect((await set.condition('Failed')).reason).toBe('ReachedMaxRestarts');
      expect((await set.status()).restarts).toBe(1);
    });

    it('BlockingRecreate makes no Job until all previous Jobs are gone', async () => {
      const set = await create(simple({ maxRestarts: 1, restartStrategy: 'BlockingRecreate' }));
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.patchJob('a-1', { metadata: { finalizers: ['test.kubejobs.io/hold'] } });
      await set.fail('a-0');
      await set.jobsAre('a-1');
      const { deletionTimestamp } = (await set.jobWhen('a-1')).metadata;
      expect(deletionTimestamp).toBeDefined();
      expect(await set.jobs()).toEqual(['a-1']);
      await set.patchJob('a-1', { metadata: { finalizers: null } });
      await set.jobsAre('a-0', 'a-1', 'b-0');
      expect(attemptOf(await set.jobWhen('a-1'))).toBe('1');
    });

    it('Recreate makes what has no name in the way at once', async () => {
      const set = await create(simple({ maxRestarts: 1 }));
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.patchJob('a-1', { metadata: { finalizers: ['test.kubejobs.io/hold'] } });
      await set.fail('a-0');
      await set.jobWhen('a-0', (job) => attemptOf(job) === '1');
      expect(attemptOf(await set.jobWhen('a-1'))).toBe('0');
      await set.patchJob('a-1', { metadata: { finalizers: null } });
      await set.jobWhen('a-1', (job) => attemptOf(job) === '1');
    });

    it('FailJobSet fails the JobSet, whatever restarts are left', async () => {
      const set = await create(
        simple({ maxRestarts: 5, rules: [{ action: 'FailJobSet', onJobFailureReasons: ['PodFailurePolicy'] }] }),
      );
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.fail('a-0', 'PodFailurePolicy');
      expect((await set.condition('Failed')).reason).toBe('FailJobSetFailurePolicyAction');
    });

    it('RestartJobSetAndIgnoreMaxRestarts raises restarts alone', async () => {
      const set = await create(
        simple({
          maxRestarts: 0,
          rules: [{ action: 'RestartJobSetAndIgnoreMaxRestarts', targetReplicatedJobs: ['a'] }],
        }),
      );
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.fail('a-0');
      const status = await set.statusWhen(({ restarts }) => restarts === 1);
      expect(status.restartsCountTowardsMax ?? 0).toBe(0);
      await set.event('RestartJobSetAndIgnoreMaxRestartsFailurePolicyAction');
      await set.jobWhen('b-0', (job) => attemptOf(job) === '1');
      await set.fail('b-0');
      expect((await set.condition('Failed')).reason).toBe('ReachedMaxRestarts');
    });

    it('a rule’s patterns are looked for in the message of the failed Job', async () => {
      const rules = [{ action: 'FailJobSet' as const, onJobFailureMessagePatterns: ['exit code 4[0-9]'] }];
      const set = await create(simple({ maxRestarts: 1, rules }));
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.fail('a-0', 'BackoffLimitExceeded', 'ended with exit code 42');
      expect((await set.condition('Failed')).reason).toBe('FailJobSetFailurePolicyAction');
    });
  });

  describe('InOrder', () => {
    const inOrder: JobSetSpec = { ...simple(), startupPolicy: { startupPolicyOrder: 'InOrder' } };

    it('starts one replicated job at a time, going on once ready + succeeded + failed is replicas', async () => {
      const set = await create(inOrder);
      await set.jobsAre('a-0', 'a-1');
      expect((await set.condition('StartupPolicyInProgress')).reason).toBe('InOrderStartupPolicyInProgress');
      await set.ready('a-0');
      await set.counts('a', { ready: 1 });
      expect(await set.jobs()).toEqual(['a-0', 'a-1']);
      await set.complete('a-1');
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.ready('b-0');
      expect((await set.condition('StartupPolicyCompleted')).reason).toBe('InOrderStartupPolicyCompleted');
      await set.condition('StartupPolicyInProgress', 'False');
      await set.event('InOrderStartupPolicyCompleted');
    });

    it('a suspended JobSet creates its Jobs suspended, all of them, whatever the startup order', async () => {
      const set = await create({ ...inOrder, suspend: true });
      await set.jobsAre('a-0', 'a-1', 'b-0');
      expect((await set.jobWhen('b-0')).spec.suspend).toBe(true);
      await set.change({ suspend: false });
      await set.jobWhen('a-1', (job) => !job.spec.suspend);
      await set.condition('StartupPolicyInProgress');
      expect((await set.jobWhen('b-0')).spec.suspend).toBe(true);
      await set.ready('a-0', 'a-1');
      await set.jobWhen('b-0', (job) => !job.spec.suspend);
      await set.ready('b-0');
      expect((await set.condition('Suspended', 'False')).reason).toBe('ResumeJobs');
    });
  });

  describe('dependsOn', () => {
    const on = (status: 'Ready' | 'Complete'): JobSetSpec => ({
      replicatedJobs: [unmanaged('a', 2), unmanaged('b', 1, { dependsOn: [{ name: 'a', status }] })],
    });

    it('Ready is reached at ready + succeeded + failed == replicas', async () => {
      const set = await create(on('Ready'));
      await set.jobsAre('a-0', 'a-1');
      await set.ready('a-0');
      await set.counts('a', { ready: 1 });
      expect(await set.jobs()).toEqual(['a-0', 'a-1']);
      await set.ready('a-1');
      await set.jobsAre('a-0', 'a-1', 'b-0');
    });

    it('Complete is reached at succeeded == replicas', async () => {
      const set = await create(on('Complete'));
      await set.ready('a-0', 'a-1');
      await set.counts('a', { ready: 2 });
      expect(await set.jobs()).toEqual(['a-0', 'a-1']);
      await set.complete('a-0', 'a-1');
      await set.jobsAre('a-0', 'a-1', 'b-0');
    });
  });

  describe('suspending and resuming', () => {
    it('sets suspend on the active Jobs, and back, with one event each', async () => {
      const set = await create(simple());
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.change({ suspend: true });
      for (const job of ['a-0', 'a-1', 'b-0']) await set.jobWhen(job, ({ spec }) => spec.suspend);
      expect((await set.condition('Suspended')).reason).toBe('SuspendedJobs');
      await set.event('SuspendedJobs');
      await set.counts('a', { suspended: 2 });
      await set.change({ suspend: false });
      for (const job of ['a-0', 'a-1', 'b-0']) await set.jobWhen(job, ({ spec }) => !spec.suspend);
      await set.condition('Suspended', 'False');
      await set.event('ResumeJobs');
    });

    it('an outside queue changes labels, nodeSelector and tolerations while suspended, and the Jobs have them once resumed', async () => {
      const set = await create({ replicatedJobs: [unmanaged('a')], suspend: true });
      await set.jobWhen('a-0', ({ spec }) => spec.suspend);
      await set.condition('Suspended');
      const admitted = unmanaged(
        'a',
        1,
        {},
        {
          nodeSelector: { pool: 'spot' },
          tolerations: [{ key: 'spot', operator: 'Exists', effect: 'NoSchedule' }],
        },
      );
      admitted.template.spec.template.metadata = { labels: { flavor: 'spot' }, annotations: { 'queue.io/x': 'y' } };
      await set.change({ replicatedJobs: [admitted], suspend: false });
      const { template } = (await set.jobWhen('a-0', ({ spec }) => !spec.suspend)).spec;
      expect(template.metadata.labels).toMatchObject({ flavor: 'spot', [`${prefix}jobset-name`]: set.name });
      expect(template.metadata.annotations).toMatchObject({ 'queue.io/x': 'y' });
      expect(template.spec).toMatchObject({
        nodeSelector: { pool: 'spot' },
        tolerations: [{ key: 'spot', operator: 'Exists', effect: 'NoSchedule' }],
      });
      await set.change({ suspend: true });
      await set.jobWhen('a-0', ({ spec }) => spec.suspend);
    });

    it('a Job with a start time needs that cleared first', async () => {
      const set = await create({ replicatedJobs: [unmanaged('a')] });
      await set.ready('a-0');
      await set.change({ suspend: true });
      await set.jobWhen('a-0', ({ spec }) => spec.suspend);
      await set.condition('Suspended');
      await set.stopped('a-0');
      expect((await set.jobWhen('a-0')).status.startTime).toBeDefined();
      const moved = unmanaged('a', 1, {}, { nodeSelector: { pool: 'other' } });
      await set.change({ replicatedJobs: [moved], suspend: false });
      const job = await set.jobWhen('a-0', ({ spec }) => !spec.suspend);
      expect(job.status.startTime).toBeUndefined();
      expect(job.spec.template.spec.nodeSelector).toEqual({ pool: 'other' });
    });
  });

  describe('the rest', () => {
    it('managedBy of another controller: neither Jobs nor status', async () => {
      const other = await create({ ...simple(), managedBy: 'kueue.x-k8s.io/multikueue' });
      const own = await create({ ...simple(), managedBy: 'jobset.sigs.k8s.io/jobset-controller' });
      await own.counts('a', { active: 0 });
      expect(await other.jobs()).toEqual([]);
      expect((await other.document())?.status).toBeUndefined();
    });

    it('a finished JobSet is deleted ttlSecondsAfterFinished after its end', async () => {
      const set = await create({ ...simple(), ttlSecondsAfterFinished: 2, successPolicy: { operator: 'Any' } });
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.complete('a-0');
      await until(async () => (await set.document()) === undefined, 30_000);
    });

    it('a deleted JobSet takes its Jobs and its Service with it', async () => {
      const set = await create(simple());
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.delete();
      await until(async () => (await set.document()) === undefined, 30_000);
      await set.jobsAre();
      await until(async () => (await set.service()) === undefined, 30_000);
    });

    it('a child Job that the API server refuses: Warning event JobCreationFailed, the JobSet untouched otherwise', async () => {
      const quota = ['create', 'quota', 'one-more', '-n', ground.namespace, '--hard=count/jobs.batch=0'];
      await cluster.kubectl(...quota);
      const set = await create(simple());
      const event = await set.event('JobCreationFailed');
      expect(event.type).toBe('Warning');
      expect(event.message).toContain('exceeded quota: one-more');
      expect((await set.document())?.status).toBeUndefined();
      await cluster.kubectl('delete', 'quota', 'one-more', '-n', ground.namespace);
      await until(async () => (await set.jobs()).length === 3, 60_000);
    });

    it('a restart-attempt that is no number is reported, and its Job left alone', async () => {
      const set = await create(simple({ maxRestarts: 1 }));
      const { metadata } = await set.jobWhen('a-0');
      await set.patchJob('a-0', { metadata: { labels: { [`${prefix}restart-attempt`]: 'first' } } });
      expect(await set.event('InvalidRestartAttempt')).toMatchObject({ type: 'Warning' });
      await set.fail('a-1');
      await set.jobWhen('a-1', (job) => attemptOf(job) === '1');
      expect((await set.jobWhen('a-0')).metadata).toMatchObject({ uid: metadata.uid });
      expect((await set.jobWhen('a-0')).metadata.deletionTimestamp).toBeUndefined();
    });

    it('exclusive-topology: required affinity to the own job-key, anti-affinity to every other of the priority', async () => {
      await cluster.kubectl('create', 'priorityclass', `high-${ground.namespace}`, '--value=1000');
      const pods = { priorityClassName: `high-${ground.namespace}` };
      const annotations = { 'alpha.jobset.sigs.k8s.io/exclusive-topology': 'rack' };
      const set = await create({ replicatedJobs: [unmanaged('a', 1, {}, pods)] }, annotations);
      const { metadata, spec } = (await set.jobWhen('a-0')).spec.template;
      expect(metadata.labels[`${prefix}priority`]).toBe('1000');
      expect(metadata.annotations).toMatchObject(annotations);
      const required = 'requiredDuringSchedulingIgnoredDuringExecution';
      expect(spec.affinity).toMatchObject({
        podAffinity: { [required]: [{ topologyKey: 'rack', namespaceSelector: {} }] },
        podAntiAffinity: { [required]: [{ topologyKey: 'rack', namespaceSelector: {} }] },
      });
      await cluster.kubectl('delete', 'priorityclass', `high-${ground.namespace}`);
    });

    it('the node-selector annotation: nodeSelector and toleration for prepared nodes', async () => {
      const set = await create(
        { replicatedJobs: [unmanaged('a')] },
        {
          'alpha.jobset.sigs.k8s.io/exclusive-topology': 'rack',
          'alpha.jobset.sigs.k8s.io/node-selector': 'true',
        },
      );
      const { spec } = (await set.jobWhen('a-0')).spec.template;
      expect(spec.nodeSelector).toEqual({
        'alpha.jobset.sigs.k8s.io/namespaced-job': `${ground.namespace}_${set.name}-a-0`,
      });
      expect(spec.tolerations).toEqual([
        expect.objectContaining({ key: 'alpha.jobset.sigs.k8s.io/no-schedule', effect: 'NoSchedule' }),
      ]);
      expect(spec.affinity).toBeUndefined();
    });

    it('kill −9 during restarts: restarts never skips or doubles', async () => {
      const sets = await Promise.all(Array.from({ length: 5 }, () => create(simple({ maxRestarts: 10 }))));
      for (let round = 0; round < 3; round += 1) {
        const isOfRound = (job: JobDocument): boolean => attemptOf(job) === String(round);
        await Promise.all(sets.map((set) => set.jobWhen('a-0', isOfRound)));
        await Promise.all(sets.map((set) => set.fail('a-0')));
        await ground.queue.kill('SIGKILL');
        await ground.queue.restart('--controllers', 'jobset');
      }
      for (const set of sets) {
        for (const job of ['a-0', 'a-1', 'b-0']) await set.jobWhen(job, (each) => attemptOf(each) === '3');
        expect(await set.status()).toMatchObject({ restarts: 3, restartsCountTowardsMax: 3 });
      }
    });
  });
});
