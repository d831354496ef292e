// Exclusive placement: each Job gets a whole domain of a node label for itself. Either the scheduler sees to it, by required
// affinity of the pods to their own Job and anti-affinity to every other exclusive Job of the same priority, or the nodes
// are labelled and tainted for the Jobs beforehand. Pure; what a PriorityClass is worth is asked by others.
import { fields } from '../../../pkg/kubernetes/pod-template.ts';
import {
  exclusiveTopologyAnnotation,
  jobSetLabels,
  jobSetPriorityLabel,
  namespacedJobLabel,
  nodeSelectorAnnotation,
  noScheduleTaint,
  type PodTemplateSpec,
  type ReplicatedJobTemplate,
} from '../../../pkg/models/index.ts';
import type { JobSetRecord, ReplicatedJobRecord } from './records.ts';

export interface Exclusive {
  topologyKey: string;
  /** The nodes are prepared, and the pods only need to be sent there. */
  byNodeSelector: boolean;
}

/** The annotations of the placement, for the Job and for its pods; those of the template win over the JobSet's. */
export function placementAnnotations(jobSet: JobSetRecord, template: ReplicatedJobTemplate): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const source of [jobSet.annotations, template.metadata?.annotations ?? {}])
    for (const key of [exclusiveTopologyAnnotation, nodeSelectorAnnotation]) {
      const value = source[key];
      if (value !== undefined) merged[key] = value;
    }
  return merged;
}

export function exclusiveOf(annotations: Readonly<Record<string, string>>): Exclusive | undefined {
  const topologyKey = annotations[exclusiveTopologyAnnotation];
  if (!topologyKey) return undefined;
  return { topologyKey, byNodeSelector: annotations[nodeSelectorAnnotation] !== undefined };
}

/** The PriorityClasses whose numbers are needed to place its pods; undefined stands for pods that name none. */
export function neededPriorityClasses(jobSet: JobSetRecord): Set<string | undefined> {
  return new Set(jobSet.replicatedJobs.filter((each) => isByAffinity(jobSet, each)).map(priorityClassOf));
}

export function isByAffinity(jobSet: JobSetRecord, { template }: ReplicatedJobRecord): boolean {
  return exclusiveOf(placementAnnotations(jobSet, template))?.byNodeSelector === false;
}

export function priorityClassOf({ template }: ReplicatedJobRecord): string | undefined {
  return template.spec.template.spec?.priorityClassName || undefined;
}

export function preparedNodes(spec: PodTemplateSpec, namespace: string, job: string): PodTemplateSpec {
  const toleration = { key: noScheduleTaint, operator: 'Exists', effect: 'NoSchedule' };
  return {
    ...spec,
    nodeSelector: { ...spec.nodeSelector, [namespacedJobLabel]: `${namespace}_${job}` },
    tolerations: [...(spec.tolerations ?? []), toleration],
  };
}

/** As a label's value, which cannot begin with a sign. */
export function priorityLabel(priority: number): Record<string, string> {
  return { [jobSetPriorityLabel]: priority < 0 ? `n${-priority}` : String(priority) };
}

export function ownDomain(spec: PodTemplateSpec, topologyKey: string, key: string, priority: number): PodTemplateSpec {
  const affinity = fields(spec.affinity);
  const own = { key: jobSetLabels.jobKey, operator: 'In', values: [key] };
  const others = [
    { key: jobSetLabels.jobKey, operator: 'Exists' },
    { key: jobSetLabels.jobKey, operator: 'NotIn', values: [key] },
    { key: jobSetPriorityLabel, operator: 'In', values: Object.values(priorityLabel(priority)) },
  ];
  return {
    ...spec,
    affinity: {
      ...affinity,
      podAffinity: withTerm(affinity.podAffinity, topologyKey, [own]),
      podAntiAffinity: withTerm(affinity.podAntiAffinity, topologyKey, others),
    },
  };
}

const required = 'requiredDuringSchedulingIgnoredDuringExecution';

function withTerm(written: unknown, topologyKey: string, matchExpressions: object[]): Record<string, unknown> {
  const rules = fields(written);
  const terms: unknown[] = Array.isArray(rules[required]) ? rules[required] : [];
  return {
    ...rules,
    [required]: [...terms, { labelSelector: { matchExpressions }, topologyKey, namespaceSelector: {} }],
  };
}
