import { describe, expect, it } from 'vitest';
import {
  builtInTemplate,
  jobManifest,
  type ManifestInput,
  templateFromDocument,
} from '../../../../pkg/kubernetes/manifest.ts';
import type { WorkloadSpec } from '../../../../pkg/models/index.ts';

const jobId = '01a1fdce-f857-7761-88d6-e2a8f32f2d42';
const marks = {
  'app.kubernetes.io/managed-by': 'kubejobs',
  'kubejobs.io/queue-id': 'q1',
  'kubejobs.io/job-id': jobId,
  'kubejobs.io/attempt': '2',
};

function manifest(
  workload: WorkloadSpec,
  more: Partial<ManifestInput['job']> = {},
  defaultTemplate = builtInTemplate,
  restricted = false,
) {
  const job = { jobId, name: 'train', workload, ...more };
  const reference = { kind: 'Job' as const, namespace: 'team', name: 'train-e2a8f32f2d42-2' };
  const attempt = { attempt: 2, workload: reference };
  return jobManifest({ job, attempt, queueId: 'q1', namespace: 'default', defaultTemplate, restricted });
}

interface PodTemplate {
  metadata: { labels: Record<string, string>; annotations: Record<string, string> };
  spec: { restartPolicy: string; containers: Array<Record<string, unknown>> } & Record<string, unknown>;
}
const podOf = (object: ReturnType<typeof manifest>) => object.spec?.template as PodTemplate;

describe('the Job of an attempt', () => {
  it('has the name and namespace of the attempt’s row and our labels on itself and its pods', () => {
    const object = manifest({ image: 'i' });
    expect(object).toMatchObject({ apiVersion: 'batch/v1', kind: 'Job' });
    expect(object.metadata).toMatchObject({ name: 'train-e2a8f32f2d42-2', namespace: 'team', labels: marks });
    expect(podOf(object).metadata.labels).toEqual(marks);
  });

  it('carries the job’s labels and annotations too, but never instead of ours', () => {
    const labels = { team: 'ml', 'kubejobs.io/queue-id': 'theirs' };
    const object = manifest({ image: 'i' }, { labels, annotations: { note: 'x', 'kubejobs.io/job-name': 'theirs' } });
    for (const metadata of [object.metadata, podOf(object).metadata]) {
      expect(metadata.labels).toEqual({ team: 'ml', ...marks });
      expect(metadata.annotations).toEqual({ note: 'x', 'kubejobs.io/job-name': 'train' });
    }
  });

  it('is the same for the same row', () => {
    expect(manifest({ image: 'i' })).toEqual(manifest({ image: 'i' }));
  });
});

describe('a job of simple fields', () => {
  it('is one container called main that is neither restarted nor run again by Kubernetes', () => {
    const fields = {
      image: 'python:3',
      command: ['python'],
      args: ['-V'],
      env: [{ name: 'A', value: '1' }],
      resources: { limits: { cpu: '1' } },
    };
    const { spec } = manifest(fields);
    expect(spec).toMatchObject({ backoffLimit: 0 });
    expect(podOf(manifest(fields)).spec).toEqual({ restartPolicy: 'Never', containers: [{ name: 'main', ...fields }] });
  });

  it('without an image takes the default template’s, and nothing else of it', () => {
    expect(podOf(manifest({ command: ['true'] })).spec).toEqual({
      restartPolicy: 'Never',
      containers: [{ name: 'main', image: 'busybox:1.36', command: ['true'] }],
    });
  });

  it('gets what Pod Security restricted asks for where that is the rule, for it could not say so itself', () => {
    const pod = podOf(manifest({ image: 'i' }, {}, builtInTemplate, true)).spec;
    expect(pod.securityContext).toEqual(podOf(manifest({})).spec.securityContext);
    expect(pod.containers[0]?.securityContext).toEqual(podOf(manifest({})).spec.containers[0]?.securityContext);
    expect(pod.containers[0]).toMatchObject({ name: 'main', image: 'i' });
  });

  it('never has a time to live: the outcome must be recorded first', () => {
    expect(manifest({ image: 'i' }).spec).not.toHaveProperty('ttlSecondsAfterFinished');
  });
});

describe('a job with a template', () => {
  const template = {
    parallelism: 2,
    ttlSecondsAfterFinished: 60,
    template: {
      metadata: { labels: { app: 'x', 'kubejobs.io/attempt': '9' }, annotations: { a: 'b' } },
      spec: { restartPolicy: 'OnFailure', serviceAccountName: 's', containers: [{ name: 'c', image: 'i' }] },
    },
  };

  it('is kept as it is, but for our labels', () => {
    const object = manifest({ template });
    expect(object.spec).toMatchObject({ parallelism: 2, ttlSecondsAfterFinished: 60 });
    expect(object.spec).not.toHaveProperty('backoffLimit');
    expect(podOf(object).spec).toEqual(template.template.spec);
    expect(podOf(object).metadata).toEqual({
      labels: { app: 'x', ...marks },
      annotations: { a: 'b', 'kubejobs.io/job-name': 'train' },
    });
  });

  it('gets nothing for Pod Security restricted: it says itself what it is', () => {
    expect(podOf(manifest({ template }, {}, builtInTemplate, true)).spec).toEqual(template.template.spec);
  });

  it('is not changed by being used', () => {
    const before = structuredClone(template);
    manifest({ template });
    expect(template).toEqual(before);
  });

  it('gets the restart policy that it lacks', () => {
    const bare = { template: { spec: { containers: [] } } };
    expect(podOf(manifest({ template: bare })).spec.restartPolicy).toBe('Never');
  });

  it.each([[{}], [{ template: 7 }], [{ template: { metadata: [], spec: 'x' } }]])(
    'that makes no sense (%j) still gets our labels, and the API server’s judgement',
    (odd) => {
      expect(podOf(manifest({ template: odd })).metadata.labels).toEqual(marks);
    },
  );
});

describe('a job with neither', () => {
  it('runs the default template', () => {
    const own = { template: { spec: { containers: [{ name: 'own', image: 'own:1' }] } } };
    expect(podOf(manifest({}, {}, own)).spec.containers).toEqual([{ name: 'own', image: 'own:1' }]);
  });

  it('runs the built-in one under the rules of Pod Security restricted', () => {
    const { spec } = podOf(manifest({}));
    expect(spec.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 65_534,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(spec.containers).toMatchObject([
      {
        image: 'busybox:1.36',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ]);
  });

  it('prints its name, which it reads from the annotation that is put on its pod', () => {
    const { metadata, spec } = podOf(manifest({}));
    const [, annotation = ''] = /"metadata\.annotations\['(.+)'\]"/.exec(JSON.stringify(spec.containers)) ?? [];
    expect(annotation).not.toBe('');
    expect(metadata.annotations[annotation]).toBe('train');
  });
});

describe('the operator’s template', () => {
  const spec = { template: { spec: { containers: [{ name: 'c', image: 'i' }] } } };

  it('may be a JobSpec or a whole Job', () => {
    expect(templateFromDocument(spec)).toEqual({ ok: true, template: spec });
    expect(templateFromDocument({ apiVersion: 'batch/v1', kind: 'Job', metadata: {}, spec })).toEqual({
      ok: true,
      template: spec,
    });
  });

  it.each([
    ['a Pod', { apiVersion: 'v1', kind: 'Pod', spec: {} }, 'not Pod'],
    ['nothing', null, 'template.spec.containers'],
    ['a container without an image', { template: { spec: { containers: [{ name: 'c' }] } } }, 'with an image'],
  ])('must not be %s', (_title, document, problem) => {
    expect(templateFromDocument(document)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });
});
