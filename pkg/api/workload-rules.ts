// The rules of a `workload` manifest that a schema cannot say: which kinds there are and their API versions, what has to
// agree with the job's own fields, and of a PyTorchJob and of a JobSet where their pod templates must be. Everything else
// that is inside `spec` is the Kubernetes API server's to judge.
import {
  type FieldError,
  isManifestKind,
  jobSetController,
  manifestKinds,
  type WorkloadManifest,
} from '../models/index.ts';
import { pointerTo } from './field-errors.ts';
import type { SubmissionBody } from './schemas/submission.ts';

const allowedKinds = Object.entries(manifestKinds)
  .map(([kind, apiVersion]) => `${kind} (${apiVersion})`)
  .join(', ')
  .replace(/, (?!.*, )/, ' or ');
const replicaTypes = ['Master', 'Worker'];

export function manifestErrors(body: SubmissionBody, manifest: WorkloadManifest): FieldError[] {
  const ofKind = manifest.kind === 'JobSet' ? jobSetErrors(body, manifest) : pytorchErrors(body, manifest);
  return [...kindErrors(manifest), ...namespaceErrors(body, manifest), ...ofKind];
}

/** Whatever the type says, a client may have sent any text. */
function kindErrors({ kind, apiVersion }: { kind: string; apiVersion: string }): FieldError[] {
  if (!isManifestKind(kind)) return [{ pointer: '/workload/kind', detail: `must be ${allowedKinds}` }];
  const allowed = manifestKinds[kind];
  return apiVersion === allowed
    ? []
    : [{ pointer: '/workload/apiVersion', detail: `must be ${allowed} for a ${kind}` }];
}

function namespaceErrors({ namespace }: SubmissionBody, { metadata }: WorkloadManifest): FieldError[] {
  if (namespace === undefined || metadata?.namespace === undefined || namespace === metadata.namespace) return [];
  const detail = `must be the job’s namespace ${namespace}, or be left out`;
  return [{ pointer: '/workload/metadata/namespace', detail }];
}

function pytorchErrors(body: SubmissionBody, manifest: WorkloadManifest): FieldError[] {
  if (manifest.kind !== 'PyTorchJob') return [];
  return [...nameErrors(body, manifest), ...replicaErrors(manifest.spec.pytorchReplicaSpecs)];
}

/** Services get its name, or those of its pods, and names of Services are stricter (RFC 1035). */
function nameErrors(body: SubmissionBody, { kind, metadata }: WorkloadManifest): FieldError[] {
  const [pointer, name] =
    metadata?.name === undefined ? ['/name', body.name] : ['/workload/metadata/name', metadata.name];
  if (/^[a-z]/.test(name)) return [];
  const other = pointer === '/name' ? ', or workload/metadata/name must be given and begin with one' : '';
  return [{ pointer, detail: `must begin with a letter for a ${kind}${other}` }];
}

function jobSetErrors(body: SubmissionBody, manifest: WorkloadManifest): FieldError[] {
  const { managedBy, replicatedJobs } = manifest.spec;
  const errors = [...nameErrors(body, manifest), ...replicatedJobErrors(replicatedJobs)];
  if (managedBy === undefined || managedBy === jobSetController) return errors;
  const detail = `must be ${jobSetController}, or be left out: the queue runs no JobSet of another controller`;
  return [...errors, { pointer: '/workload/spec/managedBy', detail }];
}

function replicatedJobErrors(replicatedJobs: unknown): FieldError[] {
  const pointer = '/workload/spec/replicatedJobs';
  if (!Array.isArray(replicatedJobs) || replicatedJobs.length === 0)
    return [{ pointer, detail: 'must be an array of at least one replicated job' }];
  return replicatedJobs.flatMap((each: unknown, index): FieldError[] => {
    const at = `${pointer}/${index}`;
    if (!isObject(each)) return [{ pointer: at, detail: 'must be an object with name and template' }];
    const job = isObject(each.template) ? each.template.spec : undefined;
    if (isObject(job) && isObject(job.template)) return [];
    return [{ pointer: `${at}/template/spec/template`, detail: 'is required and must be a pod template, an object' }];
  });
}

function replicaErrors(replicas: unknown): FieldError[] {
  const pointer = '/workload/spec/pytorchReplicaSpecs';
  const wanted = `must be an object with ${replicaTypes.join(', ')} or both`;
  if (!isObject(replicas) || Object.keys(replicas).length === 0) return [{ pointer, detail: wanted }];
  return Object.entries(replicas).flatMap(([type, replica]): FieldError[] => {
    const at = pointer + pointerTo(type);
    if (!replicaTypes.includes(type)) return [{ pointer: at, detail: `must be called ${replicaTypes.join(' or ')}` }];
    if (!isObject(replica)) return [{ pointer: at, detail: 'must be an object with replicas and template' }];
    if (isObject(replica.template)) return [];
    return [{ pointer: `${at}/template`, detail: 'is required and must be a pod template, an object' }];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
