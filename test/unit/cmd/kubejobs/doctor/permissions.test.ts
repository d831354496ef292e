import { describe, expect, it } from 'vitest';
import { checkPermissions, type Kinds, neededRights } from '../../../../../cmd/kubejobs/doctor/permissions.ts';
import { rightsOf } from '../../../../../cmd/kubejobs/doctor/rights.ts';
import type { ControllerName } from '../../../../../internal/platform/configuration.ts';
import { fields } from '../../../../../pkg/kubernetes/pod-template.ts';
import { type FakeCluster, fakeCluster } from '../../../../support/fake-cluster.ts';

const plain: Kinds = { jobSets: 'none', pyTorchJobs: false };
const one = { namespaces: ['ml'] };

function filesFor(
  given: { controllers?: ControllerName[]; resultsTtl?: 'never' | number },
  kinds = plain,
  policy: Parameters<typeof neededRights>[1] = one,
): string[] {
  const settings = { controllers: undefined, dryRun: false, resultsTtl: 'never' as const, ...given };
  return neededRights(settings, policy, kinds).map(({ file }) => file);
}

describe('the manifests that are needed', () => {
  it('are that of the queue alone when no controller runs', () => {
    expect(filesFor({ controllers: [] })).toEqual(['namespace']);
  });

  it('follow the controllers, and the kinds that the cluster has', () => {
    expect(filesFor({})).toEqual(['namespace', 'podgroup', 'results', 'jobset-lookups']);
    expect(filesFor({}, { jobSets: 'another', pyTorchJobs: true })).toEqual([
      ...['namespace', 'pytorchjobs', 'health', 'podgroup', 'results', 'jobset-lookups'],
    ]);
    expect(filesFor({}, { jobSets: 'ours', pyTorchJobs: false })).toEqual([
      ...['namespace', 'health', 'podgroup', 'results', 'jobset-lookups', 'jobset'],
    ]);
  });

  it('have that of the expiry of results only when results expire', () => {
    expect(filesFor({ controllers: ['results'], resultsTtl: 1 })).toEqual(['namespace', 'results', 'results-ttl']);
    expect(filesFor({ controllers: ['health'], resultsTtl: 1 })).toEqual(['namespace']);
  });

  it('are those of the whole cluster when jobs may go anywhere', () => {
    const everywhere = { namespaces: 'any' as const };
    expect(filesFor({ controllers: ['results'] }, plain, everywhere)).toEqual(['cluster', 'results-cluster']);
  });
});

describe('the rights of a manifest', () => {
  it('are read with subresources and names', () => {
    expect(rightsOf('namespace')).toContainEqual({ verb: 'get', group: '', resource: 'pods', subresource: 'log' });
    expect(rightsOf('jobset-lookups')).toContainEqual({
      ...{ verb: 'get', group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' },
      name: 'jobsets.jobset.x-k8s.io',
    });
  });
});

/** It grants all but those of which `denied` says so. */
function grantingAllBut(denied: (attributes: Record<string, unknown>) => boolean): FakeCluster {
  return fakeCluster(({ object }) => {
    const allowed = !denied(fields(object?.spec?.resourceAttributes));
    return { outcome: 'ok', value: { apiVersion: '', kind: '', metadata: { name: '' }, status: { allowed } } };
  });
}

describe('the account', () => {
  const settings = { controllers: undefined, dryRun: false, resultsTtl: 'never' as const };
  const two = { namespaces: ['ml', 'ci'] };

  it('may do all', async () => {
    const checks = await checkPermissions(
      grantingAllBut(() => false),
      neededRights(settings, two, plain),
      two.namespaces,
    );
    expect(checks.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('lacks a right in one namespace, which is named with the command that gives it', async () => {
    const cluster = grantingAllBut(({ resource, namespace }) => resource === 'jobs' && namespace === 'ci');
    const [queue, ...others] = await checkPermissions(cluster, neededRights(settings, two, plain), two.namespaces);
    expect(queue).toEqual({
      ...{ check: 'rights namespace', status: 'fail' },
      message: `missing in ci: ${['create', 'get', 'list', 'watch', 'delete'].map((verb) => `${verb} jobs (batch)`).join(', ')}; without them no job can run`,
      advice: 'kubectl apply -n ci -f deploy/rbac/namespace.yaml',
    });
    expect(others.map(({ check, status }) => `${check} ${status}`)).toEqual([
      ...['rights podgroup ok', 'rights results warn', 'rights jobset-lookups ok'],
    ]);
  });

  it('fails for a controller that was asked for, and is only warned of one that nobody named', async () => {
    const cluster = grantingAllBut(({ resource }) => resource === 'configmaps');
    const asked = { ...settings, controllers: ['results' as const] };
    const [, results] = await checkPermissions(cluster, neededRights(asked, one, plain), one.namespaces);
    expect(results).toMatchObject({ check: 'rights results', status: 'fail' });
  });
});
