// The names and marks of saved results: which Jobs want one, what its ConfigMaps are called, and how it is known whose they
// are. Pure. Others read these too, so none of them may ever change.
import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../cluster.ts';
import { fields } from '../pod-template.ts';

/** On Jobs whose result is to be saved, with the value `true`. */
export const enabledLabel = 'job-handler/enabled';
export const enabledSelector = `${enabledLabel}=true`;
/** On ConfigMaps that hold one, with the value `true`. */
export const createdLabel = 'job-handler/created';
export const createdSelector = `${createdLabel}=true`;
export const jobNameLabel = 'job-name';
/** On the same: the uid of the Job that it is the result of. */
export const jobUidLabel = 'job-handler/job-uid';
/** On Jobs whose result was saved, with the result's status. */
export const statusAnnotation = 'job-handler/status';
/** Beside it: whose result that was. A Job that is made again from what was read of another one carries the other's. */
export const savedUidAnnotation = 'job-handler/job-uid';

export const resultStatuses = ['completed', 'failed'] as const;
export type ResultStatus = (typeof resultStatuses)[number];

/** In the data of a main ConfigMap: into how many others its log is cut. */
export const partsKey = 'log-parts';
/** In the data of a main ConfigMap whose log is compressed, and of its parts: which log it is. */
export const packedHashKey = 'log-packed-sha256';

/** More than any result has. */
const mostParts = 128;

export interface ConfigMap extends KubernetesObject {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}

const longestName = 253;
const longestLabelValue = 63;

/** `<job>-results`; a name that would be too long is cut, and a hash of the whole keeps it apart from others. */
export function resultName(jobName: string): string {
  return withSuffix(jobName, '-results', longestName);
}

/** Where the result of an earlier Job of the same name goes. */
export function keptName(jobName: string, uid: string): string {
  return withSuffix(jobName, `-results-${uid.slice(0, 8)}`, longestName);
}

/** `part` counts from 1. */
export function partName(mainName: string, part: number): string {
  return withSuffix(mainName, `-${part}`, longestName);
}

export function jobNameLabelValue(jobName: string): string {
  return withSuffix(jobName, '', longestLabelValue);
}

function withSuffix(stem: string, suffix: string, longest: number): string {
  if (stem.length + suffix.length <= longest) return `${stem}${suffix}`;
  const hash = createHash('sha256').update(stem).digest('hex').slice(0, 8);
  const kept = stem.slice(0, longest - suffix.length - hash.length - 1).replace(/[-.]+$/, '');
  return `${kept}-${hash}${suffix}`;
}

/** How many parts the log of this main ConfigMap has, and reading is bounded by. */
export function partCount(main: KubernetesObject): number {
  const count = Number(fields((main as ConfigMap).data)[partsKey]);
  return Number.isInteger(count) && count > 0 ? Math.min(count, mostParts) : 0;
}

/** The uid of the Job whose result, or part of it, this is; undefined when it is somebody else's object. */
export function resultOwner(object: KubernetesObject, jobName: string): string | undefined {
  const labels = fields(object.metadata.labels);
  const data = fields((object as ConfigMap).data);
  if (labels[createdLabel] !== 'true' || data['job-name'] !== jobName) return undefined;
  const uid = labels[jobUidLabel];
  return typeof uid === 'string' && uid !== '' ? uid : undefined;
}
