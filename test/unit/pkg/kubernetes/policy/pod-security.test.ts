// The rules of the Pod Security Standards, each with pods that it allows and pods that it refuses.
import { describe, expect, it } from 'vitest';
import {
  checkPodTemplates,
  defaultPolicy,
  type Policy,
  place,
  rulesByLevel,
} from '../../../../../pkg/kubernetes/policy/index.ts';
import { podSecurityCases, podWith } from '../../../../support/pod-security-cases.ts';

const policyOf = (podSecurity: Policy['podSecurity']): Policy => ({ ...defaultPolicy('default'), podSecurity });

function refusedFields(template: unknown, podSecurity: Policy['podSecurity']): string[] {
  return checkPodTemplates([place(template)], policyOf(podSecurity)).map(({ pointer }) => pointer);
}

const rows = podSecurityCases.map((one) => ({ ...one, title: `${one.control}: ${JSON.stringify(one.set)}` }));

describe('a pod', () => {
  it.each(rows)('$title', ({ set, baseline, restricted }) => {
    const template = podWith(set);
    expect(refusedFields(template, 'privileged')).toEqual([]);
    expect(refusedFields(template, 'baseline').sort()).toEqual([...baseline].sort());
    expect(refusedFields(template, 'restricted').sort()).toEqual([...restricted].sort());
  });

  it.each(rows.filter(({ set }) => Object.keys(set).some((pointer) => pointer.startsWith('/spec/containers/0'))))(
    'whose ephemeral container breaks the rule: $title',
    ({ set, baseline, restricted }) => {
      const template = podWith(set);
      const { containers, ...spec } = template.spec;
      const moved = { ...template, spec: { ...spec, ephemeralContainers: containers } };
      const there = (pointer: string): string => pointer.replace('/spec/containers/', '/spec/ephemeralContainers/');
      expect(refusedFields(moved, 'baseline').sort()).toEqual(baseline.map(there).sort());
      expect(refusedFields(moved, 'restricted').sort()).toEqual(restricted.map(there).sort());
    },
  );
});

describe('the table of cases', () => {
  it.each(['baseline', 'restricted'] as const)('has an allowed and a refused pod for each control of %s', (level) => {
    const standard = rulesByLevel[level].filter(({ source }) => source !== 'the server’s policy');
    expect(standard.length).toBeGreaterThan(10);
    for (const control of new Set(standard.map((rule) => rule.control))) {
      const cases = podSecurityCases.filter((one) => one.control === control);
      expect({ control, refused: cases.some((one) => one[level].length > 0) }).toEqual({ control, refused: true });
      if (control === 'hostPath volumes' || control === 'privilege escalation') continue; // every other pod is allowed
      expect({ control, allowed: cases.some((one) => one[level].length === 0) }).toEqual({ control, allowed: true });
    }
  });
});

describe('what has the wrong shape', () => {
  it.each([
    [{ spec: 'x' }, '/spec'],
    [{ spec: { containers: { 0: {} } } }, '/spec/containers'],
    [{ spec: { containers: ['x'] } }, '/spec/containers/0'],
    [{ spec: { containers: [{ securityContext: [] }] } }, '/spec/containers/0/securityContext'],
    [
      { spec: { containers: [{ securityContext: { privileged: 'true' } }] } },
      '/spec/containers/0/securityContext/privileged',
    ],
    [
      { spec: { containers: [{ securityContext: { privileged: 1 } }] } },
      '/spec/containers/0/securityContext/privileged',
    ],
    [{ spec: { hostNetwork: 'true' } }, '/spec/hostNetwork'],
    [{ spec: { containers: [{ ports: [{ hostPort: '80' }] }] } }, '/spec/containers/0/ports/0/hostPort'],
    [
      { spec: { containers: [{ securityContext: { capabilities: { add: 'ALL' } } }] } },
      '/spec/containers/0/securityContext/capabilities/add',
    ],
    [{ spec: { securityContext: { sysctls: { name: 'x' } } } }, '/spec/securityContext/sysctls'],
    [{ spec: { volumes: 'x' } }, '/spec/volumes'],
    [{ spec: { containers: Array.from({ length: 129 }, () => ({})) } }, '/spec/containers'],
    [{ metadata: { annotations: [] }, spec: {} }, '/metadata/annotations'],
    ['x', ''],
  ])('%j is refused, not passed over', (template, pointer) => {
    expect(refusedFields(template, 'baseline')).toEqual([pointer]);
  });

  it('is not what Kubernetes takes for left out', () => {
    const containers = [{ name: 'a', securityContext: null, ports: null, livenessProbe: null }];
    const template = { metadata: null, spec: { hostNetwork: null, securityContext: null, volumes: null, containers } };
    expect(refusedFields(template, 'baseline')).toEqual([]);
  });
});
