// From a job's row to the object that runs one attempt of it. Pure: the same row gives the same object.
// Owns which fields come from where: a template or a manifest's spec is kept as it is, the simple fields make one container
// called `main`, a job with neither runs the server's default template. Our labels go on the object and on all its pods and
// always win; of a manifest's metadata only labels and annotations are taken.
// It never sets ttlSecondsAfterFinished: the outcome must be recorded before anything deletes the Job.
import { type Attempt, type Job, type JobTemplate, manifestKinds, type WorkloadSpec } from '../models/index.ts';
import type { KubernetesObject } from './cluster.ts';
import { restrictedContainerContext, restrictedPodContext } from './default-template.ts';
import { attemptLabel, jobIdLabel, managedByLabel, managedByValue, queueIdLabel } from './labels.ts';
import { containersOf, fields, jobNameAnnotation } from './pod-template.ts';
import { enabledLabel } from './results/marks.ts';
import { rulesOfKind } from './workload-kinds.ts';

export { builtInTemplate, type TemplateResult, templateFromDocument } from './default-template.ts';

export interface ManifestInput {
  job: Pick<Job, 'jobId' | 'name' | 'workload' | 'labels' | 'annotations' | 'rules'>;
  /** The name and the namespace are the row's, which were derived when the attempt was decided. */
  attempt: Pick<Attempt, 'attempt' | 'workload'>;
  queueId: string;
  /** Where an attempt goes that names no namespace. */
  namespace: string;
  /** A JobSpec; see default-template.ts. */
  defaultTemplate: JobTemplate;
  /** What the simple fields make meets Pod Security `restricted`; a template is its author's affair. */
  restricted?: boolean;
}

export function jobManifest(input: ManifestInput): KubernetesObject {
  const { job, attempt, namespace } = input;
  const { manifest } = job.workload;
  const kind = manifest?.kind ?? 'Job';
  const labels = { ...job.labels, ...ourLabels(input) };
  // Of the Job alone: its pods have no result of their own.
  const wanted = job.rules?.results ? { [enabledLabel]: 'true' } : {};
  const annotations = { ...job.annotations, [jobNameAnnotation]: job.name };
  return {
    apiVersion: manifestKinds[kind],
    kind,
    metadata: {
      name: attempt.workload.name,
      namespace: attempt.workload.namespace || namespace,
      labels: { ...manifest?.metadata?.labels, ...labels, ...wanted },
      annotations: { ...manifest?.metadata?.annotations, ...annotations },
    },
    spec: rulesOfKind(kind).withPods(specOf(input), (template) => marked(template, labels, annotations)),
  };
}

/** The timeout is Kubernetes' to enforce first. */
function specOf(input: ManifestInput): Record<string, unknown> {
  const { workload, rules } = input.job;
  const spec = workload.manifest?.spec ?? jobSpec(input);
  if (rules?.timeoutMs === undefined) return spec;
  return rulesOfKind(workload.manifest?.kind ?? 'Job').withDeadline(spec, Math.ceil(rules.timeoutMs / 1_000));
}

function ourLabels({ job, attempt, queueId }: ManifestInput): Record<string, string> {
  return {
    [managedByLabel]: managedByValue,
    [queueIdLabel]: queueId,
    [jobIdLabel]: job.jobId,
    [attemptLabel]: String(attempt.attempt),
  };
}

function jobSpec({ job, defaultTemplate, restricted = false }: ManifestInput): JobTemplate {
  const { template, manifest: _whole, ...simple } = job.workload;
  if (template) return template;
  const isSimple = Object.values(simple).some((value) => value !== undefined);
  return isSimple ? simpleSpec(simple, defaultTemplate, restricted) : defaultTemplate;
}

function simpleSpec(
  workload: Omit<WorkloadSpec, 'template' | 'manifest'>,
  defaultTemplate: JobTemplate,
  restricted: boolean,
): JobTemplate {
  const { image = imageOf(defaultTemplate), command, args, env, resources, completions, parallelism } = workload;
  const optional = Object.entries({ command, args, env, resources }).filter(([, value]) => value !== undefined);
  const container = {
    ...{ name: 'main', image, ...Object.fromEntries(optional) },
    ...(restricted && { securityContext: restrictedContainerContext }),
  };
  const context = restricted ? { securityContext: restrictedPodContext } : {};
  const indexed = completions && { completionMode: 'Indexed', completions, parallelism: parallelism ?? completions };
  return {
    backoffLimit: 0,
    ...indexed,
    template: { spec: { restartPolicy: 'Never', ...context, containers: [container] } },
  };
}

/** Only the marks are added; what else is in there is the API server's to judge. */
function marked(
  template: Record<string, unknown>,
  labels: Record<string, string>,
  annotations: Record<string, string>,
): Record<string, unknown> {
  const metadata = fields(template.metadata);
  return {
    ...template,
    metadata: {
      ...metadata,
      labels: { ...fields(metadata.labels), ...labels },
      annotations: { ...fields(metadata.annotations), ...annotations },
    },
  };
}

function imageOf(template: JobTemplate): string | undefined {
  const [first] = containersOf(template);
  return typeof first?.image === 'string' ? first.image : undefined;
}
