// JobSets on a real control plane, without pods: the tests play the Job controller, kubejobs the JobSet controller, and all is
// asserted through the Kubernetes API. Each title is a sentence of what JobSet promises. Cases that leave each other alone
// run together; what is done to the whole namespace or to kubejobs itself comes after them, one by one.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JobSetSpec } from '../../pkg/models/index.ts';
import { apiRequest } from './harness/api-request.ts';
import { describeCluster } from './harness/shared-cluster.ts';
import { failureCases } from './jobset/failure-cases.ts';
import { namingCases } from './jobset/naming-cases.ts';
import { orderCases } from './jobset/order-cases.ts';
import { placementCases } from './jobset/placement-cases.ts';
import { statusCases } from './jobset/status-cases.ts';
import { simple, unmanaged } from './support/jobset-objects.ts';
import { JobSetWatch } from './support/jobset-watch.ts';
import { JobSetGround, type TestJobSet } from './support/jobsets.ts';
import { until } from './support/queue.ts';

vi.setConfig({ maxConcurrency: 16 });

/** `b` needs itself: no policy was there yet to refuse it. */
const slippedIn: JobSetSpec = {
  replicatedJobs: [unmanaged('a'), unmanaged('b', 1, { dependsOn: [{ name: 'b', status: 'Ready' }] })],
};

describeCluster('a JobSet without pods', (cluster) => {
  let ground!: JobSetGround;
  let slipped!: TestJobSet;
  beforeAll(async () => {
    ground = await JobSetGround.prepare(cluster, async (prepared) => {
      slipped = await prepared.create(slippedIn);
    });
  });
  afterAll(() => ground?.clear());

  const create = (spec: JobSetSpec): Promise<TestJobSet> => ground.create(spec);

  describe.concurrent('among others', () => {
    statusCases(() => ground);
    namingCases(() => ground);
    failureCases(() => ground);
    orderCases(() => ground);
    placementCases(() => ground);

    it('policies take seconds to act after install, so the controller checks again before it creates anything', async () => {
      const { type, message } = await slipped.event('JobCreationFailed');
      expect(type).toBe('Warning');
      expect(message).toContain(
        'spec.replicatedJobs[1].dependsOn[0].name: "b" is no replicated job earlier in the list',
      );
      expect(await slipped.jobs()).toEqual([]);
      expect(await slipped.service()).toBeUndefined();
      expect((await slipped.document())?.status).toBeUndefined();
    });

    it('all status changes of one pass are one status update; events go out only after it succeeded', async () => {
      const watch = await JobSetWatch.open(ground.access, ground.namespace);
      const set = await create({ ...simple(), successPolicy: { operator: 'Any' } });
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.complete('b-0');
      const event = await set.event('AllJobsCompleted');
      await until(async () => watch.of(set.name).some(({ status }) => !!status?.terminalState), 10_000);
      watch.close();
      const ended = watch.of(set.name).find(({ status }) => status?.terminalState || status?.conditions?.length);
      expect(ended?.status).toMatchObject({
        terminalState: 'Completed',
        restarts: 0,
        conditions: [{ type: 'Completed' }],
      });
      expect(ended?.status?.replicatedJobsStatus).toMatchObject([{ name: 'a' }, { name: 'b', succeeded: 1 }]);
      expect(Number(event.metadata.resourceVersion)).toBeGreaterThan(Number(ended?.metadata.resourceVersion));
    });

    it('jobset_completed_total and jobset_failed_total by JobSet name and namespace', async () => {
      const [good, bad] = await Promise.all([create({ replicatedJobs: [unmanaged('a')] }), create(simple())]);
      await Promise.all([good.complete('a-0'), bad.fail('a-0')]);
      await Promise.all([good.condition('Completed'), bad.condition('Failed')]);
      const counted = async (name: string, set: TestJobSet): Promise<boolean> => {
        const text = await (await fetch(`${ground.queue.url}/metrics`)).text();
        const line = text.split('\n').find((each) => each.startsWith(`${name}{`) && each.includes(`"${set.name}"`));
        return line?.includes(`namespace="${ground.namespace}"`) === true && line.endsWith(' 1');
      };
      await until(() => counted('jobset_completed_total', good), 10_000);
      await until(() => counted('jobset_failed_total', bad), 10_000);
    });
  });

  describe('alone in its namespace', () => {
    const namespaced = (group: string, plural: string): string =>
      `/${group}/namespaces/${ground.namespace}/${plural}?dryRun=All`;
    const probes = {
      'count/jobs.batch': (): [string, object] => [
        namespaced('apis/batch/v1', 'jobs'),
        {
          ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'probe' } },
          spec: {
            template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1.36' }] } },
          },
        },
      ],
      'count/services': (): [string, object] => [
        namespaced('api/v1', 'services'),
        { apiVersion: 'v1', kind: 'Service', metadata: { name: 'probe' }, spec: { clusterIP: 'None' } },
      ],
    };
    /** None of these are taken while `work` goes on. */
    const without = async (what: keyof typeof probes, work: () => Promise<void>): Promise<void> => {
      await ground.kubectl('create', 'quota', 'none', '-n', ground.namespace, `--hard=${what}=0`);
      const isRefused = async (): Promise<boolean> =>
        (await apiRequest(ground.access, 'POST', ...probes[what]())).text.includes('exceeded quota');
      try {
        await until(isRefused, 30_000);
        await work();
      } finally {
        await ground.kubectl('delete', 'quota', 'none', '-n', ground.namespace);
      }
    };

    it('a child Job that a quota refuses is made when it may be, and the same is told once', async () => {
      let set!: TestJobSet;
      await without('count/jobs.batch', async () => {
        set = await create(simple());
        expect((await set.event('JobCreationFailed')).message).toContain('exceeded quota: none');
        expect((await set.document())?.status).toBeUndefined();
      });
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.counts('a', { active: 0 });
      const told = (await set.events()).map(({ reason, message }) => `${reason}: ${message}`);
      expect(told.every((each) => each.startsWith('JobCreationFailed'))).toBe(true);
      expect(new Set(told).size).toBe(told.length);
    });

    it('a Service that can’t be made gives HeadlessServiceCreationFailed, and there is no Job without it', async () => {
      let set!: TestJobSet;
      await without('count/services', async () => {
        set = await create(simple());
        const { type, message } = await set.event('HeadlessServiceCreationFailed');
        expect(type).toBe('Warning');
        expect(message).toContain('exceeded quota: none');
        expect(await set.jobs()).toEqual([]);
      });
      await set.jobsAre('a-0', 'a-1', 'b-0');
      expect(await set.service()).toBeDefined();
    });
  });

  describe('what happened at once, while kubejobs was away', () => {
    const ago = (seconds: number): string => `${new Date(Date.now() - seconds * 1_000).toISOString().slice(0, 19)}Z`;
    const all = ['a-0', 'a-1', 'b-0'];
    const sets = {} as Record<'plain' | 'rules' | 'matched' | 'both' | 'robbed' | 'later', TestJobSet>;
    const uids: unknown[] = [];

    beforeAll(async () => {
      const targets = (name: string) => ({ targetReplicatedJobs: [name] });
      const rules = [{ action: 'FailJobSet' as const, onJobFailureReasons: ['PodFailurePolicy' as const] }];
      sets.plain = await create(simple());
      sets.rules = await create(simple({ maxRestarts: 3, rules: [{ action: 'FailJobSet', ...targets('b') }] }));
      sets.matched = await create(simple({ maxRestarts: 3, rules }));
      sets.both = await create({ ...simple(), successPolicy: { operator: 'Any' } });
      sets.robbed = await create(simple());
      sets.later = await create(simple());
      for (const set of Object.values(sets)) await set.jobsAre(...all);
      await sets.robbed.counts('a', { active: 0 });
      await ground.queue.kill('SIGTERM');
      for (const set of [sets.plain, sets.rules]) {
        await set.fail('b-0', undefined, undefined, ago(10));
        await set.fail('a-1', undefined, undefined, ago(30));
        await set.fail('a-0', undefined, undefined, ago(20));
      }
      await sets.matched.fail('a-0', 'BackoffLimitExceeded', 'it failed', ago(30));
      await sets.matched.fail('b-0', 'PodFailurePolicy', 'it failed', ago(10));
      await sets.matched.fail('a-1', 'PodFailurePolicy', 'it failed', ago(20));
      await sets.both.complete('a-0');
      await sets.both.fail('b-0');
      uids.push((await sets.robbed.jobWhen('a-0')).metadata.uid);
      await sets.robbed.deleteJob('a-0');
      await sets.robbed.deleteService();
      await sets.later.change({ suspend: true });
      await ground.queue.restart();
    });

    it('without a policy the Job that failed earliest is the first failed one', async () => {
      expect((await sets.plain.condition('Failed')).message).toContain(`(first failed job: ${sets.plain.name}-a-1)`);
    });

    it('a rule that matches some failed Job goes before a Job that failed earlier', async () => {
      const { reason, message } = await sets.rules.condition('Failed');
      expect(reason).toBe('FailJobSetFailurePolicyAction');
      expect(message).toContain(`(first failed job: ${sets.rules.name}-b-0)`);
    });

    it('among the matches the Job that failed earliest counts', async () => {
      const { message } = await sets.matched.condition('Failed');
      expect(message).toContain(`(first failed job: ${sets.matched.name}-a-1)`);
    });

    it('a failed Job comes before a successful one', async () => {
      expect((await sets.both.condition('Failed')).reason).toBe('FailedJobs');
      expect((await sets.both.status()).conditions).toHaveLength(1);
    });

    it('Jobs and the Service that are gone are made again, and what was suspended is', async () => {
      await sets.robbed.jobWhen('a-0', ({ metadata }) => !uids.includes(metadata.uid));
      await sets.robbed.serviceWhen(() => true);
      for (const job of all) await sets.later.jobWhen(job, ({ spec }) => spec.suspend);
      await sets.later.condition('Suspended');
    });
  });

  it('the controller runs only on a CRD that kubejobs install crds marked, and names what it found otherwise', async () => {
    const marked = (mark: string): Promise<string> =>
      ground.kubectl('annotate', 'crd', 'jobsets.jobset.x-k8s.io', `kubejobs.io/managed-crd${mark}`, '--overwrite');
    const startOn = async (found: string): Promise<void> => {
      await ground.queue.restart();
      const isFound = async (): Promise<boolean> =>
        (await (await fetch(`${ground.queue.url}/metrics`)).text()).includes(
          `kubejobs_jobset_ground{found="${found}"} 1`,
        );
      await until(isFound, 20_000);
    };
    await ground.queue.kill('SIGTERM');
    await marked('-');
    await startOn('another');
    const set = await create(simple());
    expect(ground.queue.server.stdout() + ground.queue.server.stderr()).toContain('without the annotation');
    expect([await set.jobs(), (await set.document())?.status]).toEqual([[], undefined]);
    await ground.queue.kill('SIGTERM');
    await marked('=true');
    await startOn('ours');
    await set.jobsAre('a-0', 'a-1', 'b-0');
  });
});
