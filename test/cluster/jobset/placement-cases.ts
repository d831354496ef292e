// What exclusive placement puts into the pods of a Job. Each title is a sentence of what JobSet promises; where pods land is
// shown in jobset-pods.test.ts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prefix, unmanaged } from '../support/jobset-objects.ts';
import type { JobSetGround } from '../support/jobsets.ts';

const exclusive = { 'alpha.jobset.sigs.k8s.io/exclusive-topology': 'rack' };
const prepared = { ...exclusive, 'alpha.jobset.sigs.k8s.io/node-selector': 'true' };
const required = 'requiredDuringSchedulingIgnoredDuringExecution';

export function placementCases(ground: () => JobSetGround): void {
  const create: JobSetGround['create'] = (...args) => ground().create(...args);
  const high = (): string => `high-${ground().namespace}`;

  describe('exclusive placement', () => {
    beforeAll(() => ground().kubectl('create', 'priorityclass', high(), '--value=1000'));
    afterAll(() => ground().kubectl('delete', 'priorityclass', high()));

    it('is required affinity to the own job-key and anti-affinity to every other of that priority, over all namespaces', async () => {
      const set = await create({ replicatedJobs: [unmanaged('a', 1, {}, { priorityClassName: high() })] }, exclusive);
      const { metadata, spec } = (await set.jobWhen('a-0')).spec.template;
      const key = metadata.labels[`${prefix}job-key`];
      const term = (matchExpressions: object[]): object => ({
        [required]: [{ topologyKey: 'rack', namespaceSelector: {}, labelSelector: { matchExpressions } }],
      });
      expect(metadata.labels[`${prefix}priority`]).toBe('1000');
      expect(spec.affinity).toEqual({
        podAffinity: term([{ key: `${prefix}job-key`, operator: 'In', values: [key] }]),
        podAntiAffinity: term([
          { key: `${prefix}job-key`, operator: 'Exists' },
          { key: `${prefix}job-key`, operator: 'NotIn', values: [key] },
          { key: `${prefix}priority`, operator: 'In', values: ['1000'] },
        ]),
      });
    });

    it('keeps the affinity that the template has, and pods without a PriorityClass have priority 0', async () => {
      const own = { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'x' } } };
      const nodeAffinity = {
        [required]: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'gpu', operator: 'Exists' }] }] },
      };
      const affinity = { nodeAffinity, podAffinity: { [required]: [own] } };
      const set = await create({ replicatedJobs: [unmanaged('a', 1, {}, { affinity })] }, exclusive);
      const { metadata, spec } = (await set.jobWhen('a-0')).spec.template;
      expect(metadata.labels[`${prefix}priority`]).toBe('0');
      expect(spec.affinity).toMatchObject({
        nodeAffinity,
        podAffinity: { [required]: [own, { topologyKey: 'rack' }] },
        podAntiAffinity: { [required]: [{ topologyKey: 'rack' }] },
      });
    });

    it('holds for the replicated job alone whose template has the annotation', async () => {
      const own = unmanaged('own');
      own.template.metadata = { annotations: exclusive };
      const set = await create({ replicatedJobs: [unmanaged('a'), own] });
      expect((await set.jobWhen('own-0')).spec.template.spec.affinity).toBeDefined();
      const { metadata, spec } = (await set.jobWhen('a-0')).spec.template;
      expect(spec).not.toHaveProperty('affinity');
      expect(metadata.labels).not.toHaveProperty([`${prefix}priority`]);
    });

    it('by the node-selector annotation: a nodeSelector and a toleration for prepared nodes instead', async () => {
      const set = await create(
        { replicatedJobs: [unmanaged('a', 1, {}, { nodeSelector: { disk: 'ssd' } })] },
        prepared,
      );
      const { spec } = (await set.jobWhen('a-0')).spec.template;
      expect(spec.nodeSelector).toEqual({
        disk: 'ssd',
        'alpha.jobset.sigs.k8s.io/namespaced-job': `${ground().namespace}_${set.name}-a-0`,
      });
      expect(spec.tolerations).toEqual([
        expect.objectContaining({ key: 'alpha.jobset.sigs.k8s.io/no-schedule', effect: 'NoSchedule' }),
      ]);
      expect(spec.affinity).toBeUndefined();
    });

    it('waits for a PriorityClass that is not there, and says so', async () => {
      const set = await create({ replicatedJobs: [unmanaged('a', 1, {}, { priorityClassName: 'absent' })] }, exclusive);
      const { message } = await set.event('JobCreationFailed');
      expect(message).toContain('there is no PriorityClass absent');
      expect(await set.jobs()).toEqual([]);
    });
  });
}
