// What the policy says of a submission, in the fields of its body, and of a workload that is about to be made.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInTemplate, jobManifest } from '../../../../../pkg/kubernetes/manifest.ts';
import {
  checkPodTemplates,
  defaultPolicy,
  judgeSubmission,
  judgeWorkload,
  type Policy,
  podSecurityLevels,
  podTemplatesOf,
} from '../../../../../pkg/kubernetes/policy/index.ts';
import type { JobSubmission, JobTemplate, WorkloadSpec } from '../../../../../pkg/models/index.ts';
import { podWith } from '../../../../support/pod-security-cases.ts';

const baseline = { ...defaultPolicy('own'), namespaces: ['own', 'team-b'] };
const appArmor = 'container.apparmor.security.beta.kubernetes.io/main';

function judged(
  submission: Partial<JobSubmission>,
  policy: Partial<Policy> = {},
  defaultTemplate: JobTemplate = builtInTemplate,
) {
  const whole = { name: 'a', priority: 0, queue: 'default', workload: {}, ...submission };
  return judgeSubmission(whole, { policy: { ...baseline, ...policy }, namespace: 'own', defaultTemplate });
}

const pointersOf = (refusal: ReturnType<typeof judged>): unknown => refusal?.errors?.map(({ pointer }) => pointer);

describe('a submission', () => {
  it('with a template is told which of its fields is refused', () => {
    const template = { template: podWith({ '/spec/containers/0/securityContext/privileged': true }) };
    expect(judged({ workload: { template } })).toEqual({
      code: 'policy_refused',
      detail:
        'The policy refuses the job: /template/template/spec/containers/0/securityContext/privileged must be false or left out (Pod Security baseline, privileged containers)',
      errors: [
        {
          pointer: '/template/template/spec/containers/0/securityContext/privileged',
          detail: 'must be false or left out (Pod Security baseline, privileged containers)',
        },
      ],
    });
    expect(judged({ workload: { template } }, { podSecurity: 'privileged' })).toBeUndefined();
  });

  it('with a manifest is told which pod template of it is refused', () => {
    const bad = { template: podWith({ '/spec/hostPID': true }) };
    const good = { template: podWith({}) };
    const pytorchJob = (pytorchReplicaSpecs: object, metadata = {}): Partial<JobSubmission> => ({
      workload: {
        manifest: { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', metadata, spec: { pytorchReplicaSpecs } },
      },
    });
    expect(judged(pytorchJob({ Master: good, Worker: good }))).toBeUndefined();
    expect(pointersOf(judged(pytorchJob({ Master: good, Worker: bad })))).toEqual([
      '/workload/spec/pytorchReplicaSpecs/Worker/template/spec/hostPID',
    ]);
    const job = { apiVersion: 'batch/v1', kind: 'Job' as const, spec: bad };
    expect(pointersOf(judged({ workload: { manifest: job } }))).toEqual(['/workload/spec/template/spec/hostPID']);
    const elsewhere = { ...pytorchJob({ Master: good }, { namespace: 'kube-system' }), namespace: 'kube-system' };
    expect(pointersOf(judged(elsewhere))).toEqual(['/workload/metadata/namespace']);
    const annotated = { ...pytorchJob({ Master: good, Worker: good }), annotations: { [appArmor]: 'unconfined' } };
    expect(new Set(pointersOf(judged(annotated)) as string[])).toEqual(
      new Set([`/annotations/${appArmor.replace('/', '~1')}`]),
    );
  });

  it('with a JobSet is told which of its pod templates is refused', () => {
    const replicated = (fields: Record<string, unknown>): object => ({
      name: 'a',
      template: { spec: { template: podWith(fields) } },
    });
    const jobSet = (...replicatedJobs: object[]): Partial<JobSubmission> => ({
      workload: { manifest: { apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', spec: { replicatedJobs } } },
    });
    expect(judged(jobSet(replicated({}), replicated({})))).toBeUndefined();
    expect(pointersOf(judged(jobSet(replicated({}), replicated({ '/spec/hostPID': true }))))).toEqual([
      '/workload/spec/replicatedJobs/1/template/spec/template/spec/hostPID',
    ]);
    const annotated = { ...jobSet(replicated({}), replicated({})), annotations: { [appArmor]: 'unconfined' } };
    expect(new Set(pointersOf(judged(annotated)) as string[])).toEqual(
      new Set([`/annotations/${appArmor.replace('/', '~1')}`]),
    );
  });

  it('is told of everything at once', () => {
    const template = { template: podWith({ '/spec/hostPID': true, '/spec/nodeName': 'x' }) };
    const refusal = judged({ namespace: 'kube-system', workload: { template } });
    expect(pointersOf(refusal)).toEqual([
      '/namespace',
      '/template/template/spec/nodeName',
      '/template/template/spec/hostPID',
    ]);
    expect(refusal?.detail).toMatch(
      /^The policy refuses the job: \/namespace must be one of own, team-b.* \(and 2 more\)$/,
    );
  });

  it('may name the namespaces on the list only', () => {
    expect(judged({ workload: { image: 'i' } })).toBeUndefined();
    expect(judged({ namespace: 'team-b', workload: { image: 'i' } })).toBeUndefined();
    expect(pointersOf(judged({ namespace: 'team-c', workload: { image: 'i' } }))).toEqual(['/namespace']);
    expect(judged({ namespace: 'team-c', workload: { image: 'i' } }, { namespaces: 'any' })).toBeUndefined();
  });

  it('cannot take an AppArmor profile off by an annotation, which its pod would get', () => {
    const annotations = { [appArmor]: 'unconfined' };
    const pointer = '/annotations/container.apparmor.security.beta.kubernetes.io~1main';
    expect(pointersOf(judged({ workload: { image: 'i' }, annotations }))).toEqual([pointer]);
    expect(pointersOf(judged({ workload: { template: { template: podWith({}) } }, annotations }))).toEqual([pointer]);
    expect(judged({ workload: { image: 'i' }, annotations: { [appArmor]: 'runtime/default' } })).toBeUndefined();
  });

  it('is told of its image where images have prefixes', () => {
    const policy = { imagePrefixes: ['registry.example/'] };
    expect(pointersOf(judged({ workload: { image: 'busybox' } }, policy))).toEqual(['/image']);
    expect(judged({ workload: { image: 'registry.example/busybox' } }, policy)).toBeUndefined();
  });

  it('is judged alike when it says nothing, and when it says nothing but a label', () => {
    const own = { template: podWith({ '/spec/hostPID': true }) };
    const detail = expect.stringContaining('whose /template/spec/hostPID must be false');
    for (const submission of [{}, { workload: { command: undefined } }, { labels: { a: 'b' } }, { annotations: {} }]) {
      expect(judged(submission as Partial<JobSubmission>, {}, own)?.errors).toEqual([{ pointer: '', detail }]);
    }
    expect(judged({ workload: { command: ['true'] } }, {}, own)).toBeUndefined();
  });

  it('that would run a default template which the policy refuses is told so', () => {
    const refusal = judged({}, { imagePrefixes: ['registry.example/'] });
    expect(refusal?.detail).toContain(
      'the job runs the server’s default template, whose /template/spec/containers/0/image must be',
    );
    expect(pointersOf(refusal)).toEqual(['']);
  });
});

describe('what kubejobs makes by itself', () => {
  const variable = fc.record({ name: fc.constantFrom('A', 'B'), value: fc.string() });
  const simple: fc.Arbitrary<WorkloadSpec> = fc.record(
    {
      image: fc.constantFrom('busybox', 'registry.example/a:1'),
      command: fc.array(fc.string(), { minLength: 1 }),
      args: fc.array(fc.string()),
      env: fc.array(variable),
      resources: fc.constant({ limits: { cpu: '1' } }),
    },
    { requiredKeys: [] },
  );

  it.each(podSecurityLevels)('meets %s, whatever the simple fields say', (podSecurity) => {
    const policy = { ...baseline, podSecurity };
    const attempt = { attempt: 1, workload: { kind: 'Job' as const, namespace: 'own', name: 'a' } };
    const about = {
      queueId: 'q',
      namespace: 'own',
      defaultTemplate: builtInTemplate,
      restricted: podSecurity === 'restricted',
    };
    fc.assert(
      fc.property(simple, (workload) => {
        const object = jobManifest({ job: { jobId: 'j', name: 'a', workload }, attempt, ...about });
        expect(checkPodTemplates(podTemplatesOf(object) ?? [], policy)).toEqual([]);
        expect(judgeWorkload(object, policy)).toBeUndefined();
        expect(judged({ workload }, policy)).toBeUndefined();
      }),
    );
  });
});

describe('a workload', () => {
  const job = (set: Record<string, unknown>, namespace = 'own') => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'a', namespace },
    spec: { template: podWith(set) },
  });

  it('that the policy allows is not spoken of', () => {
    expect(judgeWorkload(job({}), baseline)).toBeUndefined();
  });

  it('that it does not allow is refused with the fields', () => {
    expect(judgeWorkload(job({ '/spec/hostPID': true }), baseline)).toBe(
      'the policy refuses it: /spec/template/spec/hostPID must be false or left out (Pod Security baseline, host namespaces; a policy file can allow more by allow.host_pid)',
    );
    const many = { '/spec/hostPID': true, '/spec/hostIPC': true, '/spec/hostNetwork': true, '/spec/nodeName': 'x' };
    expect(judgeWorkload(job(many), baseline)).toMatch(/; and 1 more$/);
  });

  it('is told in few words, however long its own are', () => {
    const policy = { ...baseline, podSecurity: 'restricted' as const };
    const words = judgeWorkload(job({ [`/spec/volumes/0/${'x'.repeat(100_000)}`]: {} }), policy) ?? '';
    expect(words.length).toBeLessThan(2_000);
  });

  it('in a namespace that is no longer on the list is refused', () => {
    expect(judgeWorkload(job({}, 'team-c'), baseline)).toContain('the namespace team-c must be one of own, team-b');
  });

  it('of a kind that nobody can judge is refused', () => {
    expect(judgeWorkload({ ...job({}), kind: 'Pod' }, baseline)).toContain('a Pod cannot be judged');
  });
});
