// What a job without any container spec runs: the built-in template, or the operator's own from --job-template.
// The built-in one prints the job's name, exits 0 and meets Pod Security `restricted`.
// https://kubernetes.io/docs/concepts/security/pod-security-standards/
import type { JobTemplate } from '../models/index.ts';
import { containersOf, fields, jobNameAnnotation } from './pod-template.ts';

/** What `restricted` asks of a pod and of each of its containers; the user is nobody, whatever the image says. */
export const restrictedPodContext = {
  runAsNonRoot: true,
  runAsUser: 65_534,
  seccompProfile: { type: 'RuntimeDefault' },
};
export const restrictedContainerContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

export const builtInTemplate: JobTemplate = {
  backoffLimit: 0,
  template: {
    spec: {
      restartPolicy: 'Never',
      securityContext: restrictedPodContext,
      containers: [
        {
          name: 'main',
          image: 'busybox:1.36',
          command: ['sh', '-c', 'echo "$JOB_NAME"'],
          env: [
            {
              name: 'JOB_NAME',
              valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${jobNameAnnotation}']` } },
            },
          ],
          securityContext: restrictedContainerContext,
        },
      ],
    },
  },
};

export type TemplateResult = { ok: true; template: JobTemplate } | { ok: false; problem: string };

/** From a parsed YAML or JSON document, a batch/v1 Job or a JobSpec, to a template. Of a Job only its spec counts. */
export function templateFromDocument(document: unknown): TemplateResult {
  const whole = fields(document);
  if (whole.kind !== undefined && (whole.kind !== 'Job' || whole.apiVersion !== 'batch/v1')) {
    return { ok: false, problem: `it must be a batch/v1 Job or a JobSpec, not ${String(whole.kind)}` };
  }
  const template = whole.kind === undefined ? whole : fields(whole.spec);
  const [first] = containersOf(template);
  if (typeof first?.image === 'string' && first.image !== '') return { ok: true, template };
  return { ok: false, problem: 'it must have template.spec.containers with an image (a JobSpec), or spec with them' };
}
