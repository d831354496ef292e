// Whether the policy lets a workload be made: every pod template against the rules of its level and our own, and the
// namespace against the list. Pure; what it finds has a pointer and says what is allowed there.
//
//   level        rules
//   privileged   ours
//   baseline     ours + baseline
//   restricted   ours + baseline, of which four are replaced by stricter ones + restricted
//
// https://kubernetes.io/docs/concepts/security/pod-security-standards/
import { type Place, pointerOf } from './places.ts';
import { type PodPlaces, podPlaces } from './pod-places.ts';
import type { PodSecurityLevel, Policy } from './policy.ts';
import type { Finding, Rule } from './rule.ts';
import { hostIpc, hostNetwork, hostPid, hostPorts, hostProbes } from './rules/host-access.ts';
import { imagePrefixes, nodeName, serviceAccounts } from './rules/identity.ts';
import {
  capabilities,
  capabilitiesDropped,
  hostProcess,
  privileged,
  privilegeEscalation,
  runAsNonRoot,
  runAsUser,
} from './rules/privileges.ts';
import { appArmor, procMount, procMountAlways, seccomp, seccompChosen, seLinux, sysctls } from './rules/profiles.ts';
import { hostPaths, volumeKinds } from './rules/volumes.ts';

/** A field that the policy refuses. `detail` completes "this field …". */
export interface Violation {
  /** RFC 6901, from where the places began. */
  pointer: string;
  detail: string;
}

const ours: readonly Rule[] = [serviceAccounts, nodeName, imagePrefixes];
const host: readonly Rule[] = [hostNetwork, hostPid, hostIpc, hostPorts, hostProbes];
const both: readonly Rule[] = [privileged, hostProcess, ...host, appArmor, seLinux, sysctls];

export const rulesByLevel: Readonly<Record<PodSecurityLevel, readonly Rule[]>> = {
  privileged: ours,
  baseline: [...ours, ...both, capabilities, hostPaths, procMount, seccomp],
  restricted: [
    ...[...ours, ...both, capabilitiesDropped, volumeKinds, procMountAlways, seccompChosen],
    ...[privilegeEscalation, runAsNonRoot, runAsUser],
  ],
};

/** Nobody reads more of them. */
const mostViolations = 100;

/** What the policy refuses of these PodTemplateSpecs, each field once; all of it, or the first hundred. */
export function checkPodTemplates(templates: readonly Place[], policy: Policy): Violation[] {
  const found = new Map<string, Violation>();
  for (const template of templates) {
    for (const violation of violationsOf(podPlaces(template), policy)) {
      if (!found.has(violation.pointer)) found.set(violation.pointer, violation);
      if (found.size === mostViolations) return [...found.values()];
    }
  }
  return [...found.values()];
}

function* violationsOf(pod: PodPlaces, policy: Policy): Generator<Violation> {
  for (const rule of rulesByLevel[policy.podSecurity]) {
    for (const finding of rule.find(pod, policy)) yield violationOf(rule, finding);
  }
}

function violationOf({ control, source, allowance }: Rule, { place, must }: Finding): Violation {
  const more = allowance === undefined ? '' : `; a policy file can allow more by ${allowance}`;
  return { pointer: pointerOf(place), detail: `${must} (${source}, ${control}${more})` };
}

/** What is wrong with the namespace, if anything. */
export function checkNamespace(namespace: string, { namespaces }: Policy): string | undefined {
  if (namespaces === 'any' || namespaces.includes(namespace)) return undefined;
  return `must be one of ${namespaces.join(', ')}: jobs may go to no other namespace (--namespaces)`;
}
