// Exclusive placement, both ways.
import { describe, expect, it } from 'vitest';
import { neededPriorityClasses } from '../../../../../internal/controllers/jobset/placement.ts';
import type { PodTemplateSpec } from '../../../../../pkg/models/index.ts';
import { aJobSet, aJobSpec, aReplicatedJob, planOf } from '../../../../support/jobset-builders.ts';

const topology = 'alpha.jobset.sigs.k8s.io/exclusive-topology';
const byNodes = 'alpha.jobset.sigs.k8s.io/node-selector';
const key = 'jobset.sigs.k8s.io/job-key';

function pods(annotations: Record<string, string>, spec: PodTemplateSpec = {}, own?: Record<string, string>) {
  const wanted = {
    ...(own && { metadata: { annotations: own } }),
    spec: aJobSpec({ template: { spec } }),
  };
  const jobSet = aJobSet({ annotations, spec: { replicatedJobs: [aReplicatedJob('a', 1, { template: wanted })] } });
  const [job] = planOf(jobSet, [], { priorityOf: (name) => ({ high: 1000, low: -5 })[name ?? ''] ?? 0 }).creations;
  if (!job) throw new Error('no Job is made');
  const template = job.spec?.template as { metadata: Record<string, object>; spec: PodTemplateSpec };
  return { job, ...template };
}

describe('with exclusive-topology', () => {
  it('pods are bound to their own Job and kept from every other of their priority, in all namespaces', () => {
    const { metadata, spec } = pods({ [topology]: 'rack' }, { priorityClassName: 'high' });
    const [affinity, anti] = ['podAffinity', 'podAntiAffinity'].map((name) => {
      const rules = spec.affinity?.[name] as { requiredDuringSchedulingIgnoredDuringExecution: object[] };
      return rules.requiredDuringSchedulingIgnoredDuringExecution;
    });
    const values = [expect.stringMatching(/^[0-9a-f]{40}$/)];
    expect(affinity).toEqual([
      {
        labelSelector: { matchExpressions: [{ key, operator: 'In', values }] },
        ...{ topologyKey: 'rack', namespaceSelector: {} },
      },
    ]);
    expect(anti).toEqual([
      {
        labelSelector: {
          matchExpressions: [
            { key, operator: 'Exists' },
            { key, operator: 'NotIn', values },
            { key: 'jobset.sigs.k8s.io/priority', operator: 'In', values: ['1000'] },
          ],
        },
        ...{ topologyKey: 'rack', namespaceSelector: {} },
      },
    ]);
    expect(metadata.labels).toMatchObject({ 'jobset.sigs.k8s.io/priority': '1000' });
  });

  it('a negative priority is a label all the same', () => {
    const { metadata } = pods({ [topology]: 'rack' }, { priorityClassName: 'low' });
    expect(metadata.labels).toMatchObject({ 'jobset.sigs.k8s.io/priority': 'n5' });
  });

  it('the user’s own affinity is kept', () => {
    const mine = { topologyKey: 'zone', labelSelector: {} };
    const affinity = {
      nodeAffinity: { x: 1 },
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [mine] },
    };
    const { spec } = pods({ [topology]: 'rack' }, { affinity });
    expect(spec.affinity).toMatchObject({
      nodeAffinity: { x: 1 },
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [mine, { topologyKey: 'rack' }] },
    });
  });

  it('the annotation is copied to the Job and to its pods; the template’s wins', () => {
    const { job, metadata } = pods({ [topology]: 'rack' }, {}, { [topology]: 'zone' });
    expect(job.metadata.annotations).toMatchObject({ [topology]: 'zone' });
    expect(metadata.annotations).toMatchObject({ [topology]: 'zone' });
    expect(job.metadata.labels).not.toHaveProperty([topology]);
  });

  it('nothing is created while the PriorityClass is not known', () => {
    const template = { spec: aJobSpec({ template: { spec: { priorityClassName: 'gone' } } }) };
    const spec = { replicatedJobs: [aReplicatedJob('a', 1, { template })] };
    const jobSet = aJobSet({ annotations: { [topology]: 'rack' }, spec });
    const read = planOf(jobSet, [], { priorityOf: (name) => (name === undefined ? 0 : undefined) });
    expect(read.problem).toContain('there is no PriorityClass gone');
    expect(read.creations).toEqual([]);
    const unread = planOf(jobSet, [], { priorityOf: () => undefined });
    expect(unread.problem).toContain('the PriorityClasses cannot be read');
  });
});

describe('with the node-selector annotation as well', () => {
  const annotations = { [topology]: 'rack', [byNodes]: 'true' };

  it('pods select the nodes of their Job and tolerate their taint', () => {
    const { spec, metadata } = pods(annotations, { nodeSelector: { pool: 'x' }, tolerations: [{ key: 'mine' }] });
    expect(spec.nodeSelector).toEqual({ pool: 'x', 'alpha.jobset.sigs.k8s.io/namespaced-job': 'ns_set-a-0' });
    expect(spec.tolerations).toEqual([
      { key: 'mine' },
      { key: 'alpha.jobset.sigs.k8s.io/no-schedule', operator: 'Exists', effect: 'NoSchedule' },
    ]);
    expect(spec.affinity).toBeUndefined();
    expect(metadata.labels).not.toHaveProperty(['jobset.sigs.k8s.io/priority']);
  });

  it('no PriorityClass is asked for', () => {
    expect(neededPriorityClasses(aJobSet({ annotations })).size).toBe(0);
    expect([...neededPriorityClasses(aJobSet({ annotations: { [topology]: 'rack' } }))]).toEqual([undefined]);
  });
});

it('without the annotations pods are placed as their template says', () => {
  const { spec, metadata } = pods({ [byNodes]: 'true' });
  expect(spec.affinity).toBeUndefined();
  expect(spec.nodeSelector).toBeUndefined();
  expect(metadata.labels).not.toHaveProperty(['jobset.sigs.k8s.io/priority']);
});
