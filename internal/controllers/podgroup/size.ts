// How many pods a group must have: what the annotation on its pods says, else what their owners declare, else the pods that
// are there. Pure; the owners' declarations are read elsewhere.
import { largestPodGroup, podGroupSizeAnnotation } from '../../../pkg/kubernetes/labels.ts';
import { fields } from '../../../pkg/kubernetes/pod-template.ts';
import type { PodGroupSizeSource } from '../../../pkg/models/index.ts';
import type { GroupPod } from './records.ts';

export interface GroupSize {
  pods: number;
  from: PodGroupSizeSource;
}

export type AnnotatedSize =
  | { kind: 'none' }
  | { kind: 'size'; pods: number }
  /** Pods that disagree, or say what is no size. */
  | { kind: 'invalid'; message: string };

export function fromAnnotation(pods: number): GroupSize {
  return { pods, from: 'annotation' };
}

const mostNamed = 3;

export function annotatedSize(pods: Iterable<GroupPod>): AnnotatedSize {
  const said = new Map<string, string>();
  for (const { name, size } of pods) if (size !== undefined && !said.has(size)) said.set(size, name);
  const words = [...said].slice(0, mostNamed).map(([size, name]) => `${JSON.stringify(size)} on ${name}`);
  const isOdd = [...said.keys()].some((size) => !/^[1-9]\d{0,5}$/.test(size) || Number(size) > largestPodGroup);
  const told = `${podGroupSizeAnnotation} is ${words.join(', ')}${said.size > mostNamed ? ' and others' : ''}`;
  if (isOdd) return { kind: 'invalid', message: `${told}; it must be a number from 1 to ${largestPodGroup}` };
  if (said.size > 1) return { kind: 'invalid', message: `${told}; it must be the same on all pods` };
  const [size] = said.keys();
  return size === undefined ? { kind: 'none' } : { kind: 'size', pods: Number(size) };
}

/** What one owner declares for the group, and how many pods of the group it has made. */
export interface OwnerCount {
  /** For people: `Job train`. */
  title: string;
  /** Undefined when it declares nothing for this group. */
  declared: number | undefined;
  existing: number;
}

/** `ownerless`: pods whose owner declares no number, or that have none. */
export function sizeFromOwners(owners: readonly OwnerCount[], ownerless: number): GroupSize {
  const declares = owners.some(({ declared }) => declared !== undefined);
  const pods = owners.reduce((sum, { declared = 0, existing }) => sum + Math.max(declared, existing), ownerless);
  return { pods, from: declares ? 'owners' : 'pods' };
}

export function missingPods(owners: readonly OwnerCount[]): string[] {
  return owners
    .filter(({ declared = 0, existing }) => declared > existing)
    .map(({ title, declared, existing }) => `${existing} of ${declared} pods of ${title}`);
}

/** Where a template says which group its pods are in. */
export interface GroupLabel {
  label: string;
  group: string;
}

/** Undefined when the kind declares no number of pods, or its template is not this group's. */
export function declaredPods(kind: string, spec: unknown, group: GroupLabel): number | undefined {
  if (kind === 'Job') return declaredByJob(spec, group);
  if (kind === 'StatefulSet') return isOfGroup(spec, group) ? wholeNumber(fields(spec).replicas, 1) : undefined;
  return kind === 'JobSet' ? declaredByJobSet(spec, group) : undefined;
}

/** A Job without completions has as many pods as run at once. */
function declaredByJob(spec: unknown, group: GroupLabel): number | undefined {
  if (!isOfGroup(spec, group)) return undefined;
  const { parallelism, completions } = fields(spec);
  const atOnce = wholeNumber(parallelism, 1);
  return Math.min(atOnce, wholeNumber(completions, atOnce));
}

function declaredByJobSet(spec: unknown, group: GroupLabel): number | undefined {
  const { replicatedJobs } = fields(spec);
  let total: number | undefined;
  for (const each of Array.isArray(replicatedJobs) ? replicatedJobs.map(fields) : []) {
    const pods = declaredByJob(fields(each.template).spec, group);
    if (pods !== undefined) total = (total ?? 0) + wholeNumber(each.replicas, 1) * pods;
  }
  return total;
}

function isOfGroup(spec: unknown, { label, group }: GroupLabel): boolean {
  const { labels } = fields(fields(fields(spec).template).metadata);
  return fields(labels)[label] === group;
}

function wholeNumber(value: unknown, fallback: number): number {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : fallback;
}
