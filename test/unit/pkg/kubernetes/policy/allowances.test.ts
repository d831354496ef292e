// The rules of our own, and what the operator's policy file can allow beyond a level.
import { describe, expect, it } from 'vitest';
import {
  type Allowances,
  checkNamespace,
  checkPodTemplates,
  defaultPolicy,
  nothingMore,
  type Policy,
  place,
  podTemplatesOf,
} from '../../../../../pkg/kubernetes/policy/index.ts';
import { podWith } from '../../../../support/pod-security-cases.ts';

function policyWith(allow: Partial<Allowances>, more: Partial<Policy> = {}): Policy {
  return { ...defaultPolicy('default'), ...more, allow: { ...nothingMore, ...allow } };
}

function refused(set: Record<string, unknown>, policy: Policy = policyWith({})): string[] {
  return checkPodTemplates([place(podWith(set))], policy).map(({ pointer }) => pointer);
}

const main = '/spec/containers/0';
const levels = ['baseline', 'restricted', 'privileged'] as const;

describe.each(levels)('at the level %s', (podSecurity) => {
  const policy = policyWith({}, { podSecurity });

  it('a pod is its namespace’s default account', () => {
    for (const field of ['/spec/serviceAccountName', '/spec/serviceAccount']) {
      for (const name of ['default', '']) expect(refused({ [field]: name }, policy)).toEqual([]);
      expect(refused({ [field]: 'kubejobs' }, policy)).toEqual([field]);
      expect(refused({ [field]: 7 }, policy)).toEqual([field]);
      expect(refused({ [field]: 'trainer' }, policyWith({ serviceAccounts: ['trainer'] }, { podSecurity }))).toEqual(
        [],
      );
      expect(refused({ [field]: 'builder' }, policyWith({ serviceAccounts: ['trainer'] }, { podSecurity }))).toEqual([
        field,
      ]);
      expect(refused({ [field]: 'builder' }, policyWith({ serviceAccounts: ['*'] }, { podSecurity }))).toEqual([]);
    }
  });

  it('the scheduler chooses the node', () => {
    expect(refused({ '/spec/nodeName': '' }, policy)).toEqual([]);
    expect(refused({ '/spec/nodeName': 'node-1' }, policy)).toEqual(['/spec/nodeName']);
    expect(refused({ '/spec/nodeName': 'node-1' }, policyWith({ nodeName: true }, { podSecurity }))).toEqual([]);
  });

  it('images come from anywhere, or from where the prefixes say', () => {
    const prefixes = policyWith({}, { podSecurity, imagePrefixes: ['registry.example/team', 'docker.io/library/'] });
    expect(refused({ [`${main}/image`]: 'evil.example/x' }, policy)).toEqual([]);
    for (const image of [
      'busybox',
      'docker.io/busybox:1',
      'registry.example/team/app:1',
      'registry.example/team@sha256:a',
    ])
      expect(refused({ [`${main}/image`]: image }, prefixes)).toEqual([]);
    for (const image of [
      'someone/busybox',
      'registry.example/teams/app',
      'registry.example.evil/team/app',
      undefined,
      7,
    ])
      expect(refused({ [`${main}/image`]: image }, prefixes)).toEqual([`${main}/image`]);
    expect(refused({ '/spec/initContainers/0/image': 'evil.example/x' }, prefixes)).toEqual([
      '/spec/initContainers/0/image',
    ]);
    expect(refused({ '/spec/volumes/0': { name: 'v', image: { reference: 'evil.example/x' } } }, prefixes)).toEqual([
      '/spec/volumes/0/image/reference',
    ]);
  });
});

describe.each(['baseline', 'restricted'] as const)('the operator can allow at the level %s', (podSecurity) => {
  const cases: Array<[string, Partial<Allowances>, Record<string, unknown>, Record<string, unknown>]> = [
    ['the node’s network', { hostNetwork: true }, { '/spec/hostNetwork': true }, { '/spec/hostPID': true }],
    ['the node’s processes', { hostPid: true }, { '/spec/hostPID': true }, { '/spec/hostIPC': true }],
    ['the node’s shared memory', { hostIpc: true }, { '/spec/hostIPC': true }, { '/spec/hostNetwork': true }],
    ['the node’s ports', { hostPorts: true }, { [`${main}/ports`]: [{ hostPort: 80 }] }, { '/spec/hostNetwork': true }],
    [
      'a capability',
      { capabilities: ['SYS_PTRACE'] },
      { [`${main}/securityContext/capabilities/add`]: ['SYS_PTRACE'] },
      { [`${main}/securityContext/capabilities/add`]: ['SYS_ADMIN'] },
    ],
    [
      'a sysctl',
      { sysctls: ['net.core.somaxconn'] },
      { '/spec/securityContext/sysctls': [{ name: 'net.core.somaxconn', value: '1' }] },
      { '/spec/securityContext/sysctls': [{ name: 'kernel.msgmax', value: '1' }] },
    ],
  ];
  it.each(cases)('%s, and nothing else with it', (_title, allow, allowed, other) => {
    const policy = policyWith(allow, { podSecurity });
    expect(refused(allowed, policyWith({}, { podSecurity }))).toHaveLength(1);
    expect(refused(allowed, policy)).toEqual([]);
    expect(refused(other, policy)).toHaveLength(1);
  });

  describe('a path of the node', () => {
    const policy = policyWith(
      {
        hostPaths: [
          { path: '/data', readOnly: true },
          { path: '/scratch/', readOnly: false },
        ],
      },
      { podSecurity },
    );
    const mounted = (path: unknown, mount: object, source: object = {}): Record<string, unknown> => ({
      '/spec/volumes/0': { name: 'host', hostPath: { path, ...source } },
      [`${main}/volumeMounts`]: [{ name: 'host', mountPath: '/m', ...mount }],
    });

    it('and what is below it', () => {
      for (const path of ['/data', '/data/', '/data/a/b', '//data/./a']) {
        expect(refused(mounted(path, { readOnly: true }), policy)).toEqual([]);
      }
      expect(refused(mounted('/scratch/a', {}), policy)).toEqual([]);
    });

    it('but none beside it, and no way out of it', () => {
      for (const path of ['/', '/dat', '/database', '/data/../etc', 'data', '', undefined, 7, '/data\0/x']) {
        expect(refused(mounted(path, { readOnly: true }), policy)).toEqual(['/spec/volumes/0/hostPath']);
      }
    });

    it('for reading only, unless it says otherwise', () => {
      const field = `${main}/volumeMounts/0/readOnly`;
      for (const readOnly of [undefined, false, 'true']) {
        expect(refused(mounted('/data/a', { readOnly }), policy)).toEqual([field]);
      }
      expect(
        refused(
          { ...mounted('/data', { readOnly: true }), '/spec/initContainers/0/volumeMounts': [{ name: 'host' }] },
          policy,
        ),
      ).toEqual(['/spec/initContainers/0/volumeMounts/0/readOnly']);
      expect(refused(mounted('/data/a', { readOnly: true }, { type: 'DirectoryOrCreate' }), policy)).toEqual([
        '/spec/volumes/0/hostPath/type',
      ]);
      expect(refused(mounted('/data/a', { readOnly: true }, { type: 'Directory' }), policy)).toEqual([]);
    });
  });
});

describe('the namespace', () => {
  it('must be on the list, unless any is allowed', () => {
    const policy = { ...defaultPolicy('team-a'), namespaces: ['team-a', 'team-b'] };
    expect(checkNamespace('team-b', policy)).toBeUndefined();
    expect(checkNamespace('kube-system', policy)).toContain('must be one of team-a, team-b');
    expect(checkNamespace('kube-system', { ...policy, namespaces: 'any' })).toBeUndefined();
  });
});

describe('what is told', () => {
  it('is the field, what is allowed there, whose rule that is, and how the operator could allow more', () => {
    const template = podWith({ [`${main}/securityContext/privileged`]: true, '/spec/hostNetwork': true });
    expect(checkPodTemplates([place(template)], policyWith({}))).toEqual([
      {
        pointer: '/spec/containers/0/securityContext/privileged',
        detail: 'must be false or left out (Pod Security baseline, privileged containers)',
      },
      {
        pointer: '/spec/hostNetwork',
        detail:
          'must be false or left out (Pod Security baseline, host namespaces; a policy file can allow more by allow.host_network)',
      },
    ]);
  });
});

describe('a template that is all mistakes', () => {
  it('is told the first hundred', () => {
    const add = Array.from({ length: 120 }, () => 'SYS_ADMIN');
    expect(refused({ [`${main}/securityContext/capabilities/add`]: add })).toHaveLength(100);
  });
});

describe('the pod templates of a workload', () => {
  const bad = podWith({ '/spec/hostPID': true });
  const pointersOf = (object: object): string[] =>
    checkPodTemplates(podTemplatesOf(object) ?? [], policyWith({})).map(({ pointer }) => pointer);

  it.each([
    ['a Job', { kind: 'Job', spec: { template: bad } }, ['/spec/template/spec/hostPID']],
    [
      'a JobSet',
      {
        kind: 'JobSet',
        spec: {
          replicatedJobs: [
            { template: { spec: { template: podWith({}) } } },
            { template: { spec: { template: bad } } },
          ],
        },
      },
      ['/spec/replicatedJobs/1/template/spec/template/spec/hostPID'],
    ],
    [
      'a PyTorchJob',
      { kind: 'PyTorchJob', spec: { pytorchReplicaSpecs: { Master: { template: bad }, Worker: { template: bad } } } },
      [
        '/spec/pytorchReplicaSpecs/Master/template/spec/hostPID',
        '/spec/pytorchReplicaSpecs/Worker/template/spec/hostPID',
      ],
    ],
    ['a JobSet of the wrong shape', { kind: 'JobSet', spec: { replicatedJobs: {} } }, ['/spec/replicatedJobs']],
  ])('of %s are all judged, each where it is', (_title, object, pointers) => {
    expect(pointersOf(object)).toEqual(pointers);
  });

  it('are not known of other kinds', () => {
    expect(podTemplatesOf({ kind: 'Pod', spec: {} })).toBeUndefined();
    expect(podTemplatesOf({ kind: 'constructor' })).toBeUndefined();
  });
});
