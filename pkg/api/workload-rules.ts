// The rules of a `workload` manifest that a schema cannot say: which kinds there are and their API versions, what has to
// agree with the job's own fields, and of a PyTorchJob where its pod templates must be. Everything else that is inside
// `spec` is the Kubernetes API server's to judge.
import { type FieldError, isManifestKind, manifestKinds, type WorkloadManifest } from '../models/index.ts';
import { pointerTo } from './field-errors.ts';
import type { SubmissionBody } from './schemas/submission.ts';

const allowedKinds = Object.entries(manifestKinds)
  .map(([kind, apiVersion]) => `${kind} (${apiVersion})`)
  .join(' or ');
const replicaTypes = ['Master', 'Worker'];

export function manifestErrors(body: SubmissionBody, manifest: WorkloadManifest): FieldError[] {
  return [...kindErrors(manifest), ...namespaceErrors(body, manifest), ...pytorchErrors(body, manifest)];
}

/** Whatever the type says, a client may have sent any text. */
function kindErrors({ kind, apiVersion }: { kind: string; apiVersion: string }): FieldError[] {
  if (kind === 'JobSet') {
    const detail = `cannot be JobSet yet, that comes with a later version; it must be ${allowedKinds}`;
    return [{ pointer: '/workload/kind', detail }];
  }
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

function pytorchErrors(body: SubmissionBody, { kind, metadata, spec }: WorkloadManifest): FieldError[] {
  if (kind !== 'PyTorchJob') return [];
  const [pointer, name] =
    metadata?.name === undefined ? ['/name', body.name] : ['/workload/metadata/name', metadata.name];
  return [...pytorchNameErrors(pointer, name), ...replicaErrors(spec.pytorchReplicaSpecs)];
}

/** Its pods get Services of their names, and those of Services are stricter (RFC 1035). */
function pytorchNameErrors(pointer: string, name: string): FieldError[] {
  if (/^[a-z]/.test(name)) return [];
  const other = pointer === '/name' ? ', or workload/metadata/name must be given and begin with one' : '';
  return [{ pointer, detail: `must begin with a letter for a PyTorchJob${other}` }];
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
