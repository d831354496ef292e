// The manifest of a child Job: the user's template as it is, with our marks on it and on its pods, the subdomain of the
// Service, the placement, and suspended with its JobSet. Pure.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { jobSetDefaults, jobSetLabels, type PodTemplate, type PodTemplateSpec } from '../../../pkg/models/index.ts';
import { marksOf, type Seat } from './naming.ts';
import { ownerReference } from './owner.ts';
import {
  exclusiveOf,
  ownDomain,
  placementAnnotations,
  preparedNodes,
  priorityClassOf,
  priorityLabel,
} from './placement.ts';
import type { JobSetRecord } from './records.ts';

/** The number behind a PriorityClass, or behind none; undefined when nobody knows it. */
export type PriorityOf = (className: string | undefined) => number | undefined;

type Marks = Record<string, string>;

export function childManifests(jobSet: JobSetRecord, priorityOf: PriorityOf): (seat: Seat) => KubernetesObject {
  const marks = marksOf(jobSet);
  return (seat) => childManifest(jobSet, seat, marks(seat), priorityOf);
}

function childManifest(jobSet: JobSetRecord, seat: Seat, marks: Marks, priorityOf: PriorityOf): KubernetesObject {
  const { template } = seat.replicatedJob;
  const { metadata = {}, spec } = template;
  const annotations = { ...marks, ...placementAnnotations(jobSet, template) };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: seat.name,
      namespace: jobSet.namespace,
      labels: { ...metadata.labels, ...marks },
      annotations: { ...metadata.annotations, ...annotations },
      ownerReferences: [ownerReference(jobSet)],
    },
    spec: {
      ...spec,
      completionMode: spec.completionMode ?? jobSetDefaults.completionMode,
      suspend: jobSet.suspended,
      template: podTemplate(jobSet, seat, marks, annotations, priorityOf),
    },
  };
}

function podTemplate(
  jobSet: JobSetRecord,
  seat: Seat,
  marks: Marks,
  annotations: Marks,
  priorityOf: PriorityOf,
): PodTemplate {
  const { metadata = {}, spec = {} } = seat.replicatedJob.template.spec.template;
  const exclusive = exclusiveOf(annotations);
  const priority =
    exclusive && !exclusive.byNodeSelector ? (priorityOf(priorityClassOf(seat.replicatedJob)) ?? 0) : undefined;
  const named = {
    ...spec,
    restartPolicy: spec.restartPolicy || jobSetDefaults.podRestartPolicy,
    ...(jobSet.network.enabled ? { subdomain: jobSet.network.subdomain } : {}),
  };
  return {
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, ...marks, ...(priority === undefined ? {} : priorityLabel(priority)) },
      annotations: { ...metadata.annotations, ...annotations },
    },
    spec: placed(named, exclusive, priority),
  };

  function placed(pods: PodTemplateSpec, where: typeof exclusive, number: number | undefined): PodTemplateSpec {
    if (where === undefined) return pods;
    if (number === undefined) return preparedNodes(pods, jobSet.namespace, seat.name);
    return ownDomain(pods, where.topologyKey, marks[jobSetLabels.jobKey] ?? '', number);
  }
}
