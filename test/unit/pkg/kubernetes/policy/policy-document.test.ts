// The policy file: everything it can say, and what is said about every mistake in it.
import { describe, expect, it } from 'vitest';
import {
  allowanceFields,
  nothingMore,
  policyFields,
  policyFromDocument,
} from '../../../../../pkg/kubernetes/policy/index.ts';

const problemsOf = (document: unknown): string[] => {
  const result = policyFromDocument(document);
  return result.ok ? [] : result.problems;
};

describe('a policy file', () => {
  it.each([[null], [undefined], [{}], [{ allow: null }], [{ allow: {} }]])('that is %j says nothing', (document) => {
    expect(policyFromDocument(document)).toEqual({ ok: true, policy: { allow: nothingMore } });
  });

  it('can say all of this', () => {
    const document = {
      pod_security: 'restricted',
      namespaces: ['team-a', 'team-b'],
      image_prefixes: ['registry.example/team/', 'localhost:5000/'],
      allow: {
        service_accounts: ['trainer'],
        host_paths: [{ path: '/data' }, { path: '/scratch', read_only: false }],
        capabilities: ['SYS_PTRACE'],
        sysctls: ['net.core.somaxconn'],
        host_network: true,
        host_pid: true,
        host_ipc: false,
        host_ports: true,
        node_name: true,
      },
    };
    expect(Object.keys(document)).toEqual(Object.keys(policyFields));
    expect(Object.keys(document.allow)).toEqual(Object.keys(allowanceFields));
    expect(policyFromDocument(document)).toEqual({
      ok: true,
      policy: {
        podSecurity: 'restricted',
        namespaces: ['team-a', 'team-b'],
        imagePrefixes: ['registry.example/team/', 'localhost:5000/'],
        allow: {
          serviceAccounts: ['trainer'],
          hostPaths: [
            { path: '/data', readOnly: true },
            { path: '/scratch', readOnly: false },
          ],
          capabilities: ['SYS_PTRACE'],
          sysctls: ['net.core.somaxconn'],
          hostNetwork: true,
          hostPid: true,
          hostIpc: false,
          hostPorts: true,
          nodeName: true,
        },
      },
    });
  });

  it('can allow any namespace', () => {
    expect(policyFromDocument({ namespaces: ['*'] })).toMatchObject({ ok: true, policy: { namespaces: 'any' } });
  });

  it.each<[unknown, string]>([
    ['x', 'the policy must be a mapping'],
    [[], 'the policy must be a mapping'],
    [{ allow: [] }, 'allow must be a mapping'],
    [
      { podSecurity: 'baseline' },
      'podSecurity is not a field that is known here; allowed: pod_security, namespaces, image_prefixes, allow',
    ],
    [
      { allow: { hostNetwork: true } },
      'allow.hostNetwork is not a field that is known here; allowed: service_accounts, host_paths',
    ],
    [{ constructor: {} }, 'constructor is not a field'],
    [{ pod_security: 'Baseline' }, 'pod_security must be one of baseline, restricted, privileged'],
    [{ pod_security: null }, 'pod_security must be one of baseline, restricted, privileged'],
    [{ namespaces: 'team-a' }, 'namespaces must be a list of namespace names'],
    [{ namespaces: [] }, 'namespaces must be a list of namespace names'],
    [{ namespaces: ['Team'] }, 'namespaces must be a list of namespace names'],
    [{ namespaces: ['*', 'a'] }, 'or ["*"] for any'],
    [{ image_prefixes: ['busybox'] }, 'image_prefixes must be a list of prefixes that begin with a registry’s host'],
    [{ image_prefixes: ['docker.io/busybox'] }, 'image_prefixes must be'],
    [{ image_prefixes: [''] }, 'image_prefixes must be'],
    [{ allow: { service_accounts: 'x' } }, 'allow.service_accounts must be a list of names'],
    [{ allow: { service_accounts: [1] } }, 'allow.service_accounts must be a list of names'],
    [
      { allow: { host_paths: ['/data'] } },
      'allow.host_paths must be a list of mappings with path (absolute, without ..)',
    ],
    [{ allow: { host_paths: [{ path: '/a/../b' }] } }, 'allow.host_paths must be'],
    [{ allow: { host_paths: [{ path: '/a', readonly: true }] } }, 'allow.host_paths must be'],
    [{ allow: { host_paths: [{ path: '/a', read_only: 'yes' }] } }, 'allow.host_paths must be'],
    [{ allow: { capabilities: ['CAP_SYS_ADMIN'] } }, 'allow.capabilities must be a list of capabilities without CAP_'],
    [{ allow: { sysctls: ['A b'] } }, 'allow.sysctls must be a list of sysctls'],
    [{ allow: { host_network: 'true' } }, 'allow.host_network must be true or false'],
    [{ allow: { node_name: 1 } }, 'allow.node_name must be true or false'],
  ])('that is %j is refused with the field and what is allowed', (document, problem) => {
    expect(problemsOf(document)).toEqual([expect.stringContaining(problem)]);
  });

  it('is told all of its mistakes at once', () => {
    expect(problemsOf({ pod_security: 1, colour: 2, allow: { host_pid: 3, shape: 4 } })).toHaveLength(4);
  });
});
