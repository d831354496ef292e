// The definition of JobSets and its admission policies on a real API server: what `kubejobs install crds` puts there, and
// that every JobSet that could not run is refused with words that say what is allowed, while its sound twin is taken.
import { beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../support/command-line.ts';
import { jobSetDefinition, jobSetDefinitionFile } from '../support/crds/jobset-definition.ts';
import { readRepositoryFile, repositoryRoot } from '../support/repository.ts';
import { apiObject, apiRequest } from './harness/api-request.ts';
import type { TestCluster } from './harness/index.ts';
import { describeOwnCluster } from './harness/own-cluster.ts';
import { aJobSet, aReplicatedJob, type Fields, jobSetRefusals } from './support/jobset-cases.ts';
import { jobSetChanges } from './support/jobset-changes.ts';
import { jobSetCrd } from './support/workloads.ts';

const path = '/apis/jobset.x-k8s.io/v1alpha2/namespaces/default/jobsets';
const definitionPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/jobsets.jobset.x-k8s.io';

interface Stored {
  metadata: { uid: string; resourceVersion: string; annotations?: Record<string, string> };
  spec: Fields;
}

/** What the API server says to it, without storing it: `accepted`, or why not. */
async function verdict(cluster: TestCluster, method: 'POST' | 'PATCH', name: string, body: unknown): Promise<string> {
  const place = method === 'POST' ? path : `${path}/${name}`;
  const { status, text } = await apiRequest(cluster, method, `${place}?dryRun=All`, body);
  return status < 300 ? 'accepted' : (JSON.parse(text) as { message: string }).message;
}

const create = (cluster: TestCluster, jobSet: { metadata: { name: string } }): Promise<string> =>
  verdict(cluster, 'POST', jobSet.metadata.name, jobSet);

describeOwnCluster('JobSets on a cluster', { kwokNodes: 0 }, (cluster) => {
  const install = () =>
    commandLine(['install', 'crds', '--kubeconfig', cluster().kubeconfigPath], { pausesFor: 'as long as asked' });
  const store = (jobSet: object): Promise<Stored> => apiObject(cluster(), 'POST', path, jobSet);

  describe('are not installed', () => {
    it('beside the definition of another operator, which stays as it is', async () => {
      await cluster().kubectl.withInput(jobSetCrd, 'create', '-f', '-');
      const { code, stderr } = await install();
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('another operator') });
      expect(stderr).toContain('CustomResourceDefinition jobsets.jobset.x-k8s.io without the annotation');
      const kept = await apiObject<Stored>(cluster(), 'GET', definitionPath);
      expect(kept.metadata.annotations ?? {}).not.toHaveProperty('kubejobs.io/managed-crd');
      const policies = await cluster().kubectl('get', 'validatingadmissionpolicies', '-o', 'name');
      expect(policies).not.toContain('jobset');
      await cluster().kubectl('delete', 'crd', 'jobsets.jobset.x-k8s.io');
    });

    it('where the webhooks of another operator wait for JobSets', async () => {
      const webhook = {
        ...{ name: 'vjobset.kb.io', sideEffects: 'None', admissionReviewVersions: ['v1'], failurePolicy: 'Fail' },
        clientConfig: { service: { name: 'jobset-webhook-service', namespace: 'jobset-system' } },
        rules: [{ apiGroups: ['jobset.x-k8s.io'], apiVersions: ['*'], operations: ['CREATE'], resources: ['jobsets'] }],
      };
      const name = 'jobset-validating-webhook-configuration';
      const kind = 'ValidatingWebhookConfiguration';
      const configuration = { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name } };
      await cluster().kubectl.withInput({ ...configuration, webhooks: [webhook] }, 'create', '-f', '-');
      const { code, stderr } = await install();
      expect(code).toBe(1);
      expect(stderr).toContain(`this cluster has the ${kind} ${name}`);
      await cluster().kubectl('delete', kind, name);
    });
  });

  describe('that are installed', () => {
    beforeAll(async () => {
      const { code, stdout, stderr } = await install();
      if (code !== 0) throw new Error(`install exited with ${code}: ${stdout}${stderr}`);
    });

    it('are judged from the moment that the installation is over', async () => {
      const { change, base } = jobSetChanges.refused[0] as (typeof jobSetChanges.refused)[number];
      await store({ ...base, metadata: { ...base.metadata, name: 'at-once' } });
      expect(await verdict(cluster(), 'PATCH', 'at-once', { spec: change })).not.toBe('accepted');
      await cluster().kubectl('delete', 'jobset', 'at-once');
    });

    it('can be installed again, which changes nothing', async () => {
      const before = await apiObject<Stored>(cluster(), 'GET', definitionPath);
      const { code, stdout } = await install();
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('JobSets are installed') });
      const after = await apiObject<Stored>(cluster(), 'GET', definitionPath);
      expect(after.metadata).toMatchObject({
        uid: before.metadata.uid,
        resourceVersion: before.metadata.resourceVersion,
      });
    });

    it('have a definition whose Job template is that of this API server (else: make crds)', async () => {
      expect(await jobSetDefinition(cluster())).toBe(readRepositoryFile(jobSetDefinitionFile));
    });

    it('have policies in which the API server finds no mistake', async () => {
      const output =
        '-o=jsonpath={range .items[*]}{.metadata.name}={.status.typeChecking.expressionWarnings}{"\\n"}{end}';
      const lines = (await cluster().kubectl('get', 'validatingadmissionpolicies', output)).trim().split('\n');
      expect(lines.filter((line) => line.startsWith('jobset-')).sort()).toEqual([
        'jobset-changes.kubejobs.io=',
        'jobset-names.kubejobs.io=',
        'jobset-references.kubejobs.io=',
      ]);
    });

    it('can be applied by kubectl alone', async () => {
      const said = await cluster().kubectl('apply', '--dry-run=server', '-f', `${repositoryRoot}deploy/crds`);
      expect(said.trim().split('\n')).toHaveLength(9);
    });

    it.each(jobSetRefusals)('are refused with $title', async ({ bad, says, good }) => {
      expect(await create(cluster(), bad)).toContain(says);
      expect(await create(cluster(), good)).toBe('accepted');
    });

    it('that are named by the API server are judged by that name', async () => {
      // js-, five characters, -<name>-0
      const generated = (length: number): Promise<string> => {
        const jobSet = aJobSet({ replicatedJobs: [aReplicatedJob('a'.repeat(length - 11))] });
        return verdict(cluster(), 'POST', '', { ...jobSet, metadata: { generateName: 'js-' } });
      };
      expect(await generated(64)).toContain('must be a DNS-1035 label');
      expect(await generated(63)).toBe('accepted');
    });

    it('get their defaults', async () => {
      const jobSet = aJobSet({
        failurePolicy: {
          rules: [
            { action: 'FailJobSet' },
            { name: 'mine', action: 'FailJobSet' },
            { name: '', action: 'RestartJobSet' },
          ],
        },
        replicatedJobs: [aReplicatedJob('w')],
      });
      const { spec } = await apiObject<Stored>(cluster(), 'POST', `${path}?dryRun=All`, jobSet);
      const { template } = aReplicatedJob('w') as { template: { spec: { template: { spec: Fields } } } };
      const pod = { ...template.spec.template.spec, restartPolicy: 'OnFailure' };
      expect(spec).toEqual({
        suspend: false,
        network: { enableDNSHostnames: true, publishNotReadyAddresses: true },
        successPolicy: { operator: 'All' },
        startupPolicy: { startupPolicyOrder: 'AnyOrder' },
        failurePolicy: {
          maxRestarts: 0,
          restartStrategy: 'Recreate',
          rules: [
            { name: 'failurePolicyRule0', action: 'FailJobSet' },
            { name: 'mine', action: 'FailJobSet' },
            { name: 'failurePolicyRule2', action: 'RestartJobSet' },
          ],
        },
        replicatedJobs: [
          {
            ...{ name: 'w', groupName: 'default', replicas: 1 },
            template: { spec: { completionMode: 'Indexed', template: { spec: pod } } },
          },
        ],
      });
    });

    it('keep what they say themselves', async () => {
      const own = aReplicatedJob('w', { groupName: 'mine', replicas: 0 }, { completionMode: 'NonIndexed' });
      const jobSet = aJobSet({ network: { enableDNSHostnames: false }, replicatedJobs: [own] });
      const { spec } = await apiObject<Stored>(cluster(), 'POST', `${path}?dryRun=All`, jobSet);
      expect(spec).toMatchObject({
        network: { enableDNSHostnames: false, publishNotReadyAddresses: true },
        replicatedJobs: [{ groupName: 'mine', replicas: 0, template: { spec: { completionMode: 'NonIndexed' } } }],
      });
    });

    it('show how they are in kubectl get', async () => {
      await store({ ...aJobSet({ replicatedJobs: [aReplicatedJob('w')] }), metadata: { name: 'columns' } });
      const status = {
        ...{ terminalState: 'Completed', restarts: 2, restartsCountTowardsMax: 1 },
        replicatedJobsStatus: [{ name: 'w', ready: 0, succeeded: 1, failed: 0, active: 0, suspended: 0 }],
        conditions: [
          {
            ...{
              type: 'Completed',
              status: 'True',
              reason: 'AllJobsCompleted',
              message: 'jobset completed successfully',
            },
            lastTransitionTime: '2026-01-01T00:00:00Z',
          },
        ],
      };
      await apiObject(cluster(), 'PATCH', `${path}/columns/status`, { status });
      const [heads, row] = (await cluster().kubectl('get', 'jobset', 'columns')).trim().split('\n');
      expect(heads?.split(/\s+/)).toEqual(['NAME', 'TERMINALSTATE', 'RESTARTS', 'COMPLETED', 'SUSPENDED', 'AGE']);
      expect(row?.split(/\s+/).slice(0, -1)).toEqual(['columns', 'Completed', '2', 'True', 'false']);
    });

    it.each(jobSetChanges.refused)('refuse $title', async ({ base, change, says }) => {
      await store(base);
      expect(await verdict(cluster(), 'PATCH', base.metadata.name, { spec: change })).toContain(says);
      await cluster().kubectl('delete', 'jobset', base.metadata.name);
    });

    it.each(jobSetChanges.accepted)('accept $title', async ({ base, change }) => {
      await store(base);
      expect(await verdict(cluster(), 'PATCH', base.metadata.name, { spec: change })).toBe('accepted');
      await cluster().kubectl('delete', 'jobset', base.metadata.name);
    });

    it('may have a hundred replicated jobs, judged in full, and changed while suspended', async () => {
      const jobs = (nodeSelector: Fields, parallelism = 1): Fields[] =>
        Array.from({ length: 100 }, (_, index) => {
          const dependsOn = index === 0 ? [] : [{ name: `w${index - 1}`, status: 'Ready' }];
          return aReplicatedJob(`w${index}`, { dependsOn }, { completions: 4, parallelism }, { nodeSelector });
        });
      const base = aJobSet({
        ...{ suspend: true, replicatedJobs: jobs({}), coordinator: { replicatedJob: 'w99', podIndex: 3 } },
        successPolicy: {
          operator: 'All',
          targetReplicatedJobs: Array.from({ length: 100 }, (_, index) => `w${index}`),
        },
      });
      await store({ ...base, metadata: { name: 'large' } });
      const change = (replicatedJobs: Fields[]) =>
        verdict(cluster(), 'PATCH', 'large', { spec: { suspend: false, replicatedJobs } });
      expect(await change(jobs({ rack: 'a' }))).toBe('accepted');
      expect(await change(jobs({ rack: 'a' }, 2))).toContain('spec.replicatedJobs is immutable');
    });

    it('that slipped in before their policies can still lose a finalizer', async () => {
      const policies = ['jobset-references.kubejobs.io', 'jobset-names.kubejobs.io'];
      await cluster().kubectl('delete', 'validatingadmissionpolicybindings', ...policies);
      const bad = aJobSet({ replicatedJobs: [aReplicatedJob('w', { dependsOn: [{ name: 'w', status: 'Ready' }] })] });
      const metadata = { name: 'slipped', finalizers: ['example.com/wait'] };
      await expect.poll(() => create(cluster(), bad), { timeout: 60_000 }).toBe('accepted');
      await store({ ...bad, metadata });
      expect((await install()).code).toBe(0);
      expect(await create(cluster(), bad)).not.toBe('accepted');
      await cluster().kubectl('delete', 'jobset', 'slipped', '--wait=false');
      const body = { metadata: { finalizers: null } };
      expect(await verdict(cluster(), 'PATCH', 'slipped', body)).toBe('accepted');
      await apiObject(cluster(), 'PATCH', `${path}/slipped`, body);
    });
  });
});
