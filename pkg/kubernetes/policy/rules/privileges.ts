// Rules about the rights of a pod's processes.
// Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/ (v1.36).
import { at, itemsOf } from '../places.ts';
import type { PodPlaces } from '../pod-places.ts';
import { absentOr, type Finding, list, oneOf, type Rule, unless } from '../rule.ts';

const baseline = 'Pod Security baseline';
const restricted = 'Pod Security restricted';

/** Privileged containers switch off most of what keeps a container in. */
export const privileged: Rule = {
  control: 'privileged containers',
  source: baseline,
  find: ({ containers }) =>
    containers.flatMap((container) =>
      unless(at(container, 'securityContext', 'privileged'), absentOr(false), 'must be false or left out'),
    ),
};

/** On Windows a HostProcess pod is a process of the node. */
export const hostProcess: Rule = {
  control: 'HostProcess',
  source: baseline,
  find: ({ securityContexts }) =>
    securityContexts.flatMap((context) =>
      unless(at(context, 'windowsOptions', 'hostProcess'), absentOr(false), 'must be false or left out'),
    ),
};

const usualCapabilities = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/** Only capabilities that container runtimes give anyway may be named as added. */
export const capabilities: Rule = {
  control: 'capabilities',
  source: baseline,
  allowance: 'allow.capabilities',
  find: (pod, { allow }) => addedBeyond(pod, [...usualCapabilities, ...allow.capabilities]),
};

/** All capabilities are dropped, and only the one for ports below 1024 may come back. Windows has none. */
export const capabilitiesDropped: Rule = {
  control: 'capabilities',
  source: restricted,
  allowance: 'allow.capabilities',
  find: (pod, { allow }) =>
    pod.windows ? [] : [...notDropped(pod), ...addedBeyond(pod, ['NET_BIND_SERVICE', ...allow.capabilities])],
};

function addedBeyond({ containers }: PodPlaces, allowed: readonly string[]): Finding[] {
  const added = containers.flatMap((container) => itemsOf(at(container, 'securityContext', 'capabilities', 'add')));
  return added.flatMap((name) => unless(name, oneOf(allowed), `must be one of ${list(allowed)}`));
}

function notDropped({ containers }: PodPlaces): Finding[] {
  return containers.flatMap((container) => {
    const drop = at(container, 'securityContext', 'capabilities', 'drop');
    return unless(drop, (value) => Array.isArray(value) && value.includes('ALL'), 'must contain "ALL"');
  });
}

/** No process gets more rights than its parent has, as set-user-ID programs do. Windows has no such thing. */
export const privilegeEscalation: Rule = {
  control: 'privilege escalation',
  source: restricted,
  find: ({ containers, windows }) =>
    containers.flatMap((container) =>
      windows
        ? []
        : unless(at(container, 'securityContext', 'allowPrivilegeEscalation'), oneOf([false]), 'must be false'),
    ),
};

/** Containers run as somebody else than root, and say so; in a user namespace of its own a pod's root is harmless. */
export const runAsNonRoot: Rule = {
  control: 'running as non-root',
  source: restricted,
  find: ({ spec, containers, ownUserNamespace }) => {
    if (ownUserNamespace) return [];
    const ofPod = at(spec, 'securityContext', 'runAsNonRoot');
    const allowed = ofPod.value === true ? absentOr(true) : oneOf([true]);
    return [
      ...unless(ofPod, absentOr(true), 'must be true'),
      ...containers.flatMap((container) =>
        unless(
          at(container, 'securityContext', 'runAsNonRoot'),
          allowed,
          'must be true, here or in the pod’s securityContext',
        ),
      ),
    ];
  },
};

/** Nobody asks for user 0 by its number, unless the pod has a user namespace of its own. */
export const runAsUser: Rule = {
  control: 'running as non-root user',
  source: restricted,
  find: ({ securityContexts, ownUserNamespace }) =>
    securityContexts.flatMap((context) =>
      ownUserNamespace ? [] : unless(at(context, 'runAsUser'), isNotRoot, 'must be a number other than 0, or left out'),
    ),
};

function isNotRoot(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'number' && value !== 0);
}
