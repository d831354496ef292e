// What a job is made from on the command line: a document, the flags, which win over it, and the command behind `--`.
// Nothing is judged here but the spelling of flags; the server says what a job may be.
import type { Option } from 'commander';
import { ConfigurationError, integer } from '../../../internal/platform/configuration.ts';
import { dependencyConditions } from '../../../pkg/models/index.ts';
import type { SourceDocument } from './documents.ts';
import {
  duration,
  durationAllowed,
  flag,
  pair,
  pairAllowed,
  priority,
  priorityAllowed,
  repeated,
  seconds,
  text,
  toggle,
} from './flags.ts';

export interface SubmissionFlags {
  filename?: string;
  name?: string;
  priority?: number;
  queue?: string;
  namespace?: string;
  image?: string;
  cpu?: string;
  memory?: string;
  gpu?: number;
  env?: Array<[string, string]>;
  label?: Array<[string, string]>;
  annotation?: Array<[string, string]>;
  hold?: true;
  startAfter?: string | { in: string };
  after?: Array<{ job_id: string; on?: string }>;
  timeout?: number;
  queueTimeout?: number;
  retries?: number;
  onFinish?: string;
  results?: true;
}

const timeHelp = 'a time (RFC 3339, such as 2026-12-24T18:00:00Z) or a duration such as 10m';
const timeAllowed = 'a time such as 2026-12-24T18:00:00Z, or a duration such as 10m';

const quantityAllowed = 'a Kubernetes quantity such as 2, 500m or 4Gi';
/** The resource that --gpu asks for. */
export const gpuResource = 'nvidia.com/gpu';

/** Without -f and --name, which differ from command to command. */
export function submissionFlags(): Option[] {
  return [
    flag('--priority <NUMBER>', 'higher runs first (default 0)', priorityAllowed, priority),
    flag('--queue <NAME>', 'queue to file it under (default default)', 'a name', text),
    flag('-n, --namespace <NAME>', 'Kubernetes namespace to run it in (default the server’s)', 'a name', text),
    flag('--image <IMAGE>', 'container image', 'an image', text),
    flag('--cpu <QUANTITY>', 'CPUs, such as 2 or 500m: request and limit', quantityAllowed, text),
    flag('--memory <QUANTITY>', 'memory, such as 4Gi: request and limit', quantityAllowed, text),
    flag('--gpu <NUMBER>', `GPUs (${gpuResource}): request and limit`, 'an integer from 0 to 1000', integer(0, 1_000)),
    repeated('--env <KEY=VALUE>', 'environment variable of the container', pairAllowed, pair),
    repeated('-l, --label <KEY=VALUE>', 'label', pairAllowed, pair),
    repeated('--annotation <KEY=VALUE>', 'annotation', pairAllowed, pair),
    toggle('--hold', 'wait until it is released (kubejobs release)'),
    flag('--start-after <WHEN>', `not before then: ${timeHelp}`, timeAllowed, startAfter),
    repeated(
      '--after <JOB-ID[:ON]>',
      `after that job: success (default), failure or finish of it`,
      `a job id, or with :${conditionsAllowed}`,
      dependency,
    ),
    flag('--timeout <DURATION>', 'longest time for an attempt', durationAllowed, seconds),
    flag('--queue-timeout <DURATION>', 'longest time to wait for a slot', durationAllowed, seconds),
    flag('--retries <NUMBER>', 'attempts after the first', 'an integer from 0 to 1000', integer(0, 1_000)),
    flag('--on-finish <URL>', 'whom to tell when it is finished', 'a URL', text),
    toggle('--results', 'save its log and the facts of its pods when it is finished'),
  ];
}

const conditionsAllowed = dependencyConditions.join(', :').replace(/, (?!.*, )/, ' or ');

function startAfter(given: string): string | { in: string } | undefined {
  if (duration(given) !== undefined) return { in: given };
  return /^\d{4}-\d\d-\d\dT/.test(given) ? given : undefined;
}

function dependency(given: string): { job_id: string; on?: string } | undefined {
  const [jobId = '', on, ...more] = given.split(':');
  if (jobId === '' || more.length > 0) return undefined;
  if (on === undefined) return { job_id: jobId };
  return (dependencyConditions as readonly string[]).includes(on) ? { job_id: jobId, on } : undefined;
}

/** The document with what the flags say in its place; `namespace` is for one that names none. */
export function submissionOf(
  document: SourceDocument,
  flags: SubmissionFlags,
  command: readonly string[],
  namespace: string | undefined,
): SourceDocument {
  const fields = {
    ...(namespace !== undefined && { namespace }),
    ...(isManifest(document) ? workloadOf(document) : document),
  };
  return Object.assign(fields, simpleFields(flags), mapFields(fields, flags), command.length > 0 && { command });
}

/** A whole Kubernetes object, such as a Job or a PyTorchJob, instead of the body of POST /jobs. */
function isManifest(document: SourceDocument): boolean {
  return 'apiVersion' in document || 'kind' in document;
}

function workloadOf(manifest: SourceDocument): SourceDocument {
  const { name, namespace } = (manifest.metadata ?? {}) as { name?: unknown; namespace?: unknown };
  return {
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
    workload: manifest,
  };
}

function simpleFields(flags: SubmissionFlags): SourceDocument {
  const { name, queue, namespace, image, hold, after, timeout, queueTimeout, retries } = flags;
  return defined({
    name,
    priority: flags.priority,
    queue,
    namespace,
    image,
    hold,
    start_after: flags.startAfter,
    after,
    timeout_seconds: timeout,
    queue_timeout_seconds: queueTimeout,
    retries: retries === undefined ? undefined : { max: retries },
    on_finish: flags.onFinish === undefined ? undefined : { url: flags.onFinish },
    results: flags.results,
  });
}

/** Of maps, only the keys that a flag names are replaced. */
function mapFields(document: SourceDocument, flags: SubmissionFlags): SourceDocument {
  const { env, label, annotation } = flags;
  return defined({
    resources: resourcesOf(document.resources, flags),
    env: env && [...without(document.env, env), ...env.map(([name, value]) => ({ name, value }))],
    labels: label && { ...(document.labels as object | undefined), ...Object.fromEntries(label) },
    annotations: annotation && { ...(document.annotations as object | undefined), ...Object.fromEntries(annotation) },
  });
}

/** Request and limit are the same, so that a job gets what it may use; a cluster demands it of GPUs. */
function resourcesOf(before: unknown, { cpu, memory, gpu }: SubmissionFlags): SourceDocument | undefined {
  const given = defined({ cpu, memory, [gpuResource]: gpu === undefined ? undefined : String(gpu) });
  if (Object.keys(given).length === 0) return undefined;
  const { requests, limits, ...rest } = (before ?? {}) as { requests?: object; limits?: object };
  return { ...rest, requests: { ...requests, ...given }, limits: { ...limits, ...given } };
}

function without(variables: unknown, replaced: ReadonlyArray<[string, string]>): unknown[] {
  const names = new Set<unknown>(replaced.map(([name]) => name));
  return Array.isArray(variables) ? variables.filter(({ name }: { name: unknown }) => !names.has(name)) : [];
}

function defined(fields: SourceDocument): SourceDocument {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A command without an image is most often a file without its -f. */
export function checkCommand({ image, filename }: SubmissionFlags, command: readonly string[]): void {
  const [word] = command;
  if (word === undefined || image !== undefined || filename !== undefined) return;
  throw new ConfigurationError(
    `--image is missing: ${JSON.stringify(word)} is taken for the command of a container (a file is named by -f)`,
  );
}
