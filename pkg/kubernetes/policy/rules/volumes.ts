// Rules about what a pod mounts. Files of the node are not a job's affair, unless the operator opens a folder.
// Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/ (v1.36).
import { at, entriesOf, isAbsent, itemsOf, type Place } from '../places.ts';
import type { PodPlaces } from '../pod-places.ts';
import type { AllowedHostPath, Policy } from '../policy.ts';
import { absentOr, type Finding, list, oneOf, type Rule, unless } from '../rule.ts';

const volumeTypes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/** A hostPath volume is refused, but for what lies below an allowed path; where that is read-only it is mounted so. */
export const hostPaths: Rule = {
  control: 'hostPath volumes',
  source: 'Pod Security baseline',
  allowance: 'allow.host_paths',
  find: (pod, policy) => pod.volumes.flatMap((volume) => hostPath(pod, volume, policy)),
};

/** A volume is of one of the types that need no trust in who wrote it; host paths as above. */
export const volumeKinds: Rule = {
  control: 'volume types',
  source: 'Pod Security restricted',
  allowance: 'allow.host_paths',
  find: (pod, policy) =>
    pod.volumes.flatMap((volume) => [...hostPath(pod, volume, policy), ...entriesOf(volume).flatMap(kind)]),
};

function kind(source: Place): Finding[] {
  if (isAbsent(source) || source.key === 'name' || source.key === 'hostPath') return [];
  return unless(
    source,
    () => volumeTypes.includes(String(source.key)),
    `must be left out; allowed: ${list(volumeTypes)}`,
  );
}

function hostPath(pod: PodPlaces, volume: Place, { allow }: Policy): Finding[] {
  const source = at(volume, 'hostPath');
  if (isAbsent(source)) return [];
  const path = at(source, 'path');
  const covering = allow.hostPaths.filter((allowed) => covers(allowed, path.value));
  if (covering.length === 0) return [...unless(source, () => false, mustNotBe(allow.hostPaths))];
  return covering.some(({ readOnly }) => !readOnly) ? [] : writable(pod, volume, source);
}

function mustNotBe(allowed: readonly AllowedHostPath[]): string {
  if (allowed.length === 0) return 'must be left out';
  return `must have a path below ${list(allowed.map(({ path }) => path))}`;
}

function covers({ path }: AllowedHostPath, asked: unknown): boolean {
  const inside = pathParts(asked);
  return inside !== undefined && pathParts(path)?.every((part, index) => part === inside[index]) === true;
}

/** The parts of an absolute path that never goes up; undefined for anything else. */
export function pathParts(path: unknown): string[] | undefined {
  if (typeof path !== 'string' || !path.startsWith('/') || path.includes('\0')) return undefined;
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? undefined : parts;
}

const typesThatMakeNothing = ['', 'Directory', 'File', 'Socket', 'CharDevice', 'BlockDevice'];

/** How a volume that may only be read could be written to. */
function writable({ containers }: PodPlaces, volume: Place, source: Place): Finding[] {
  const name = at(volume, 'name').value;
  const mounts = containers.flatMap((container) => itemsOf(at(container, 'volumeMounts')));
  const ours = mounts.filter((mount) => at(mount, 'name').value === name);
  return [
    ...unless(at(source, 'type'), absentOr(...typesThatMakeNothing), `must not create anything: ${readOnlyHere}`),
    ...ours.flatMap((mount) => unless(at(mount, 'readOnly'), oneOf([true]), `must be true: ${readOnlyHere}`)),
  ];
}

const readOnlyHere = 'this host path is allowed read-only';
