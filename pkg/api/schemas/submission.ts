// The bodies that clients send: POST /jobs and PATCH /jobs/{id}. Everything has a limit, so that checking a body and
// reporting all that is wrong with it stays bounded. Rules over more than one field are in submission-rules.ts.
import Type, { type Static } from 'typebox';
import { manifestKinds, priorityDefault, queueDefault, type WorkloadManifest } from '../../models/index.ts';
import { rules } from '../rules.ts';
import { priorityInput, textOf } from './common.ts';
import { ruleFields } from './rules-of-a-job.ts';

const argument = Type.String({ maxLength: 131_072 });

const quantities = (description: string) =>
  Type.Unsafe<Record<string, string>>({
    type: 'object',
    propertyNames: { pattern: rules.labelKey.pattern },
    additionalProperties: textOf(rules.quantity, 'An amount'),
    maxProperties: 32,
    description,
    examples: [{ cpu: '500m', memory: '128Mi' }],
  });

const environmentVariable = Type.Object(
  {
    name: textOf(rules.environmentName, 'The variable'),
    value: Type.Optional(Type.String({ maxLength: 131_072, description: 'Its value; empty when absent.' })),
    valueFrom: Type.Optional(
      Type.Unsafe<Record<string, unknown>>({
        type: 'object',
        minProperties: 1,
        maxProperties: 1,
        description: 'A Kubernetes EnvVarSource, passed on as it is. Not together with `value`.',
      }),
    ),
  },
  { additionalProperties: false, description: 'A Kubernetes EnvVar.' },
);

const resources = Type.Object(
  {
    requests: Type.Optional(quantities('What the container needs to be scheduled.')),
    limits: Type.Optional(quantities('What the container may use at most.')),
  },
  { additionalProperties: false, description: 'The container’s ResourceRequirements.' },
);

const labels = Type.Unsafe<Record<string, string>>({
  type: 'object',
  propertyNames: { pattern: rules.labelKey.pattern },
  additionalProperties: textOf(rules.labelValue, 'A value'),
  maxProperties: 64,
  description: 'Kubernetes labels for the job and its workload; keys under `kubejobs.io/` are the server’s own.',
  examples: [{ team: 'vision' }],
});

const annotations = Type.Unsafe<Record<string, string>>({
  type: 'object',
  propertyNames: { pattern: rules.labelKey.pattern },
  additionalProperties: { type: 'string', maxLength: 262_144 },
  maxProperties: 64,
  description:
    'Kubernetes annotations for the workload, together at most 256 KiB. Under `kubejobs.io/` only these are taken: ' +
    '`podgroup-size` (how many pods the group of its pods must have, as a string), and, for the job’s fate in a dry run, ' +
    '`simulate-duration` (such as `3s`) and `simulate-exit-code` (0 to 255, as a string).',
  examples: [{ 'kubejobs.io/simulate-duration': '3s' }],
});

const workload = Type.Unsafe<WorkloadManifest>({
  ...Type.Object(
    {
      apiVersion: Type.String({ maxLength: 128, description: 'The API version that belongs to the kind.' }),
      kind: Type.String({ maxLength: 63, description: `One of ${Object.keys(manifestKinds).join(', ')}.` }),
      metadata: Type.Optional(
        Type.Object(
          {
            name: Type.Optional(
              textOf(
                rules.dnsLabel,
                'What the names of its attempts begin with, the job’s name when absent; a JobSet has just this name',
              ),
            ),
            namespace: Type.Optional(
              textOf(rules.dnsLabel, 'The job’s namespace, when `namespace` is absent; else the same'),
            ),
            labels: Type.Optional(labels),
            annotations: Type.Optional(annotations),
          },
          {
            additionalProperties: false,
            description: 'Names are made for each attempt, so `generateName` has no use.',
          },
        ),
      ),
      spec: Type.Unsafe<Record<string, unknown>>({
        type: 'object',
        minProperties: 1,
        description: 'The spec in Kubernetes’ own shape, judged by the Kubernetes API server. At most 64 levels deep.',
      }),
    },
    { additionalProperties: false },
  ),
  description:
    'A whole Kubernetes object: a Job (`batch/v1`), a JobSet (`jobset.x-k8s.io/v1alpha2`) or a PyTorchJob (`kubeflow.org/v1`). ' +
    'Not together with `template`, ' +
    '`image`, `command`, `args`, `env`, `resources`, `completions` or `parallelism`. A kind that the cluster does not have is refused.',
});

export const submissionBody = Type.Object(
  {
    name: textOf(rules.dnsLabel, 'The job’s name, not necessarily unique', { examples: ['job1'] }),
    priority: Type.Optional(priorityInput({ default: priorityDefault })),
    queue: Type.Optional(textOf(rules.dnsLabel, 'A name to filter by', { default: queueDefault })),
    namespace: Type.Optional(textOf(rules.dnsLabel, 'The Kubernetes namespace, the server’s own when absent')),
    image: Type.Optional(textOf(rules.image, 'The container image')),
    command: Type.Optional(
      Type.Array(argument, { minItems: 1, maxItems: 1024, description: 'Replaces the image’s entry point.' }),
    ),
    args: Type.Optional(Type.Array(argument, { maxItems: 1024, description: 'The arguments of the command.' })),
    env: Type.Optional(
      Type.Array(environmentVariable, { maxItems: 1024, description: 'The container’s environment.' }),
    ),
    resources: Type.Optional(resources),
    completions: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100_000,
        description:
          'How many pods have to succeed, each with its index in `JOB_COMPLETION_INDEX`; the job holds one slot.',
        examples: [4],
      }),
    ),
    parallelism: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100_000, description: 'How many of them run at once; all when absent.' }),
    ),
    labels: Type.Optional(labels),
    annotations: Type.Optional(annotations),
    template: Type.Optional(
      Type.Unsafe<Record<string, unknown>>({
        type: 'object',
        minProperties: 1,
        description:
          'A whole batch/v1 JobSpec, judged by the Kubernetes API server. Not together with `image`, `command`, ' +
          '`args`, `env` or `resources`. At most 64 levels deep.',
      }),
    ),
    workload: Type.Optional(workload),
    ...ruleFields,
  },
  {
    additionalProperties: false,
    description: 'A job. Without any container field it runs the server’s default template.',
    examples: [{ name: 'job1', priority: 2 }],
  },
);
export type SubmissionBody = Static<typeof submissionBody>;

export const changeBody = Type.Object(
  {
    priority: Type.Optional(priorityInput()),
    hold: Type.Optional(Type.Boolean({ description: 'Holds the job back, or releases it.' })),
  },
  {
    additionalProperties: false,
    minProperties: 1,
    description: 'What to change of a job that does not run; what is absent stays.',
    examples: [{ priority: 9 }],
  },
);
export type ChangeBody = Static<typeof changeBody>;
