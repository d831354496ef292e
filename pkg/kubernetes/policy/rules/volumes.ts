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
  find: hostPathFindings,
};

/** A volume is of one of the types that need no trust in who wrote it; host paths as above. */
export const volumeKinds: Rule = {
  control: 'volume types',
  source: 'Pod Security restricted',
  allowance: 'allow.host_paths',
  find: (pod, policy) => [
    ...hostPathFindings(pod, policy),
    ...pod.volumes.flatMap((volume) => entriesOf(volume).flatMap(kind)),
  ],
};

function kind(source: Place): Finding[] {
  if (isAbsent(source) || source.key === 'name' || source.key === 'hostPath') return [];
  return unless(
    source,
    () => volumeTypes.includes(String(source.key)),
    `must be left out; allowed: ${list(volumeTypes)}`,
  );
}

function hostPathFindings(pod: PodPlaces, { allow }: Policy): Finding[] {
  const volumes = pod.volumes.filter((volume) => !isAbsent(at(volume, 'hostPath')));
  if (volumes.length === 0) return [];
  const readOnly = volumes.filter((volume) => isReadOnly(volume, allow.hostPaths));
  return [...volumes.flatMap((volume) => notAllowed(volume, allow.hostPaths)), ...writable(pod, readOnly)];
}

function notAllowed(volume: Place, allowed: readonly AllowedHostPath[]): Finding[] {
  return unless(at(volume, 'hostPath'), () => covering(volume, allowed).length > 0, mustNotBe(allowed));
}

function isReadOnly(volume: Place, allowed: readonly AllowedHostPath[]): boolean {
  const paths = covering(volume, allowed);
  return paths.length > 0 && paths.every(({ readOnly }) => readOnly);
}

function covering(volume: Place, allowed: readonly AllowedHostPath[]): AllowedHostPath[] {
  const path = at(volume, 'hostPath', 'path').value;
  return allowed.filter((one) => covers(one, path));
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

/** How volumes that may only be read could be written to. */
function writable({ containers }: PodPlaces, volumes: readonly Place[]): Finding[] {
  const names = new Set(volumes.map((volume) => at(volume, 'name').value));
  const mounts = containers.flatMap((container) => itemsOf(at(container, 'volumeMounts')));
  const ours = mounts.filter((mount) => names.has(at(mount, 'name').value));
  return [
    ...volumes.flatMap((volume) => unless(at(volume, 'hostPath', 'type'), absentOr(...typesThatMakeNothing), noMaking)),
    ...ours.flatMap((mount) => unless(at(mount, 'readOnly'), oneOf([true]), noWriting)),
  ];
}

const noMaking = 'must not create anything: this host path is allowed read-only';
const noWriting = 'must be true: this host path is allowed read-only';
