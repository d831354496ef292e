// What a dry run at submit comes to: the API server's words for a bad object, what to do for a kind that is not there, and
// no refusal where nobody can tell yet.
import { describe, expect, it } from 'vitest';
import { templateCheck } from '../../../../cmd/kubejobs/template-check.ts';
import { seededRandom } from '../../../../internal/platform/random.ts';
import type { ApiResult, Cluster, KubernetesObject, ListPage } from '../../../../pkg/kubernetes/cluster.ts';
import { builtInTemplate, jobManifest } from '../../../../pkg/kubernetes/manifest.ts';
import type { WorkloadSpec } from '../../../../pkg/models/index.ts';
import { aSubmission } from '../../../support/job-builders.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

const template = { spec: { containers: [{ name: 'pytorch', image: 'i' }] } };
const pytorchJob: WorkloadSpec = {
  manifest: {
    apiVersion: 'kubeflow.org/v1',
    kind: 'PyTorchJob',
    spec: { pytorchReplicaSpecs: { Master: { template } } },
  },
};
const job: WorkloadSpec = { manifest: { apiVersion: 'batch/v1', kind: 'Job', spec: { template } } };

const no = (status: number, message = 'the words of the API server'): ApiResult<never> => {
  return { outcome: 'refused', status, reason: 'Reason', message };
};
const lost: ApiResult<never> = { outcome: 'unknown', message: 'no answer' };
const empty: ApiResult<ListPage> = { outcome: 'ok', value: { items: [], resourceVersion: '1' } };

interface Answers {
  created: ApiResult<KubernetesObject>;
  /** Nothing: the list is never answered. */
  listed?: ApiResult<ListPage>;
  watched?: string[];
}

async function checked(workload: WorkloadSpec, { created, listed, watched = ['own'] }: Answers) {
  const clock = virtualClock(1_000);
  const asked: string[] = [];
  const cluster = {
    create: async ({ plural }, { metadata }, options) => {
      asked.push(`${options?.dryRun ? 'try' : 'create'} ${plural} in ${metadata.namespace}`);
      return created;
    },
    list: async ({ plural }, { namespace, limit }) => {
      asked.push(`list ${limit} of the ${plural} in ${namespace ?? 'all'}`);
      return listed ?? new Promise(() => {});
    },
  } as Partial<Cluster> as Cluster;
  const check = templateCheck({
    ...{ cluster, clock, random: seededRandom(1), namespace: 'own', watched },
    manifest: (row, attempt) =>
      jobManifest({ job: row, attempt, queueId: 'q', namespace: 'own', defaultTemplate: builtInTemplate }),
  });
  const answer = check(aSubmission('a', { workload }));
  await clock.advance(1_000);
  return { refusal: await answer, asked };
}

const made: ApiResult<KubernetesObject> = {
  outcome: 'ok',
  value: { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', metadata: { name: 'a' } },
};
const bothQuestions = ['try pytorchjobs in own', 'list 1 of the pytorchjobs in own'];

describe('a dry run that is', () => {
  it('taken lets the job in, when its kind can be watched too', async () => {
    expect(await checked(pytorchJob, { created: made, listed: empty })).toEqual({
      refusal: undefined,
      asked: bothQuestions,
    });
  });

  it('taken is not enough where all namespaces are watched and the rights are those of one', async () => {
    const { refusal, asked } = await checked(pytorchJob, { created: made, listed: no(403), watched: [] });
    expect(asked.at(-1)).toBe('list 1 of the pytorchjobs in all');
    expect(refusal?.detail).toMatch(
      /^The server has no rights to PyTorchJobs in all namespaces .*pytorchjobs-cluster\.yaml/,
    );
  });

  it.each([400, 422])('refused with %i is the job’s refusal, with the words and where it was wrong', async (status) => {
    const { refusal } = await checked(pytorchJob, { created: no(status) });
    expect(refusal).toEqual({
      code: 'template_refused',
      detail: 'Kubernetes refuses the job: the words of the API server',
      errors: [{ pointer: '/workload', detail: 'the words of the API server' }],
    });
    const ofTemplate = await checked({ template: { template } }, { created: no(status) });
    expect(ofTemplate.refusal?.errors?.[0]?.pointer).toBe('/template');
  });

  it('not answered lets the job in', async () => {
    expect(await checked(pytorchJob, { created: lost })).toEqual({
      refusal: undefined,
      asked: ['try pytorchjobs in own'],
    });
  });

  it('refused for a kind that is not there says how to install it', async () => {
    const { refusal, asked } = await checked(pytorchJob, { created: no(404), listed: no(404) });
    expect(asked).toEqual(bothQuestions);
    expect(refusal?.code).toBe('workload_kind_unavailable');
    expect(refusal?.detail).toMatch(
      /^The cluster has no PyTorchJobs \(pytorchjobs\.kubeflow\.org\): install the Kubeflow/,
    );
    expect(refusal?.errors).toEqual([{ pointer: '/workload/kind', detail: refusal?.detail }]);
  });

  it('refused for want of rights says which manifest gives them', async () => {
    const { refusal } = await checked(pytorchJob, { created: no(403), listed: no(403) });
    expect(refusal?.code).toBe('workload_kind_unavailable');
    expect(refusal?.detail).toMatch(
      /^The server has no rights to PyTorchJobs in the namespace own .*pytorchjobs\.yaml/,
    );
  });

  it.each([
    ['a namespace that is not there', no(404), empty],
    ['a quota', no(403), empty],
    ['who knows what', no(403), lost],
    ['a reason that it takes too long to tell', no(403), undefined],
  ])('refused for %s lets the job in, which may be different at dispatch', async (_what, created, listed) => {
    const answers = { created, ...(listed && { listed }) };
    expect((await checked(pytorchJob, answers)).refusal).toBeUndefined();
  });

  it('refused with 404 or 403 is not about the kind of a Job, which every cluster has', async () => {
    for (const status of [403, 404]) {
      const answers = { created: no(status), listed: no(status) };
      expect(await checked(job, answers)).toEqual({ refusal: undefined, asked: ['try jobs in own'] });
    }
  });
});
