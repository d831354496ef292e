// What the Jobs of a JobSet are called and what they carry. Each title is a sentence of what JobSet promises.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { prefix, simple, unmanaged } from '../support/jobset-objects.ts';
import type { JobSetGround } from '../support/jobsets.ts';

export function namingCases(ground: () => JobSetGround): void {
  const create: JobSetGround['create'] = (...args) => ground().create(...args);

  describe('names, labels and annotations', () => {
    it('a child Job is <jobset>-<replicatedJob>-<jobIndex>, with the JobSet as its controller', async () => {
      const set = await create(simple());
      await set.jobsAre('a-0', 'a-1', 'b-0');
      expect((await set.jobWhen('b-0')).metadata.ownerReferences).toEqual([
        expect.objectContaining({
          ...{ apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', name: set.name, uid: await set.uid() },
          ...{ controller: true, blockOwnerDeletion: true },
        }),
      ]);
    });

    it('every child Job and its pod template carry the marks as both labels and annotations', async () => {
      const set = await create({ replicatedJobs: [unmanaged('a', 2), unmanaged('b', 1, { groupName: 'other' })] });
      const job = await set.jobWhen('b-0');
      const marks = {
        [`${prefix}jobset-name`]: set.name,
        [`${prefix}jobset-uid`]: await set.uid(),
        [`${prefix}replicatedjob-name`]: 'b',
        [`${prefix}replicatedjob-replicas`]: '1',
        [`${prefix}job-index`]: '0',
        [`${prefix}job-global-index`]: '2',
        [`${prefix}global-replicas`]: '3',
        [`${prefix}group-name`]: 'other',
        [`${prefix}group-replicas`]: '1',
        [`${prefix}job-group-index`]: '0',
        [`${prefix}restart-attempt`]: '0',
        [`${prefix}job-key`]: createHash('sha1').update(`${ground().namespace}/${set.name}-b-0`).digest('hex'),
      };
      const pods = job.spec.template.metadata;
      for (const found of [job.metadata.labels, job.metadata.annotations, pods.labels, pods.annotations])
        expect(found).toMatchObject(marks);
      expect(job.metadata.labels).not.toHaveProperty([`${prefix}coordinator`]);
    });

    it('the user’s template labels and annotations are kept, of the Job and of its pods', async () => {
      const own = unmanaged('a');
      own.template.metadata = { labels: { of: 'job' }, annotations: { 'x.io/of': 'job' } };
      own.template.spec.template.metadata = { labels: { of: 'pods' }, annotations: { 'x.io/of': 'pods' } };
      const { metadata, spec } = await (await create({ replicatedJobs: [own] })).jobWhen('a-0');
      expect([metadata.labels.of, metadata.annotations['x.io/of']]).toEqual(['job', 'job']);
      expect([spec.template.metadata.labels.of, spec.template.metadata.annotations['x.io/of']]).toEqual([
        'pods',
        'pods',
      ]);
      expect(metadata.labels).toHaveProperty([`${prefix}job-key`]);
    });

    it('group labels count over the group in list order, global ones over all Jobs; groupName is default unless said', async () => {
      const set = await create({
        replicatedJobs: [
          unmanaged('a', 2, { groupName: 'g' }),
          unmanaged('b', 1),
          unmanaged('c', 2, { groupName: 'g' }),
        ],
      });
      const labels = await set.labelsOf('a-1', 'b-0', 'c-0', 'c-1');
      const marks = ['group-name', 'group-replicas', 'job-group-index', 'job-global-index', 'global-replicas'];
      expect(labels.map((of) => marks.map((mark) => of[prefix + mark]).join())).toEqual([
        'g,4,1,1,5',
        'default,1,0,2,5',
        'g,4,2,3,5',
        'g,4,3,4,5',
      ]);
    });

    it('replicas is 1 unless said, and with 0 there are no Jobs', async () => {
      const { replicas: _, ...usual } = unmanaged('b');
      const set = await create({ replicatedJobs: [unmanaged('a', 0), usual] });
      await set.counts('b', { active: 0 });
      expect(await set.jobs()).toEqual(['b-0']);
      const { labels } = (await set.jobWhen('b-0')).metadata;
      expect([labels[`${prefix}global-replicas`], labels[`${prefix}job-global-index`]]).toEqual(['1', '0']);
    });

    it('coordinator, only with one: <jobset>-<replicatedJob>-<jobIndex>-<podIndex>.<subdomain>, on the pods too', async () => {
      const set = await create({
        replicatedJobs: [unmanaged('a', 2)],
        coordinator: { replicatedJob: 'a', jobIndex: 1, podIndex: 0 },
        network: { subdomain: 'net' },
      });
      const { metadata, spec } = await set.jobWhen('a-0');
      const pods = spec.template.metadata;
      for (const found of [metadata.labels, metadata.annotations, pods.labels, pods.annotations])
        expect(found[`${prefix}coordinator`]).toBe(`${set.name}-a-1-0.net`);
    });

    it('completionMode defaults to Indexed and the pods’ restartPolicy to OnFailure', async () => {
      const { spec } = await (await create(simple())).jobWhen('a-0');
      expect([spec.completionMode, spec.template.spec.restartPolicy]).toEqual(['Indexed', 'OnFailure']);
    });

    it('a completionMode and a restartPolicy that the template names stay', async () => {
      const own = unmanaged('a', 1, {}, { restartPolicy: 'Never' });
      own.template.spec.completionMode = 'NonIndexed';
      const { spec } = await (await create({ replicatedJobs: [own] })).jobWhen('a-0');
      expect([spec.completionMode, spec.template.spec.restartPolicy]).toEqual(['NonIndexed', 'Never']);
    });

    it('the annotations of exclusive placement are copied to the Job and its pods; the template’s win', async () => {
      const topology = 'alpha.jobset.sigs.k8s.io/exclusive-topology';
      const own = unmanaged('own');
      own.template.metadata = { annotations: { [topology]: 'zone' } };
      const set = await create({ replicatedJobs: [unmanaged('a'), own] }, { [topology]: 'rack', 'x.io/other': 'y' });
      for (const [name, domain] of [
        ['a-0', 'rack'],
        ['own-0', 'zone'],
      ] as const) {
        const { metadata, spec } = await set.jobWhen(name);
        for (const { annotations } of [metadata, spec.template.metadata]) {
          expect(annotations[topology]).toBe(domain);
          expect(annotations).not.toHaveProperty(['x.io/other']);
        }
      }
    });
  });

  describe('the Service', () => {
    it('is headless, selects the JobSet’s pods, publishes them before they are ready, and is the JobSet’s', async () => {
      const set = await create(simple());
      await set.jobsAre('a-0', 'a-1', 'b-0');
      const service = await set.service();
      expect(service?.spec).toMatchObject({
        ...{ clusterIP: 'None', publishNotReadyAddresses: true, selector: { [`${prefix}jobset-name`]: set.name } },
      });
      expect(service?.metadata.ownerReferences).toEqual([
        expect.objectContaining({ name: set.name, uid: await set.uid(), controller: true }),
      ]);
      expect((await set.jobWhen('a-0')).spec.template.spec.subdomain).toBe(set.name);
    });

    it('is made if it is missing, also when someone deleted it', async () => {
      const set = await create(simple());
      await set.jobsAre('a-0', 'a-1', 'b-0');
      const before = (await set.service())?.metadata.uid;
      await set.deleteService();
      const after = await set.serviceWhen(({ metadata }) => metadata.uid !== before);
      expect(after.metadata.ownerReferences).toMatchObject([{ uid: await set.uid() }]);
    });

    it('is called after the subdomain, and takes publishNotReadyAddresses from the network', async () => {
      const subdomain = 'other-net';
      const set = await create({ ...simple(), network: { subdomain, publishNotReadyAddresses: false } });
      expect((await set.jobWhen('b-0')).spec.template.spec.subdomain).toBe(subdomain);
      expect((await set.service(subdomain))?.spec.publishNotReadyAddresses ?? false).toBe(false);
      expect(await set.service()).toBeUndefined();
    });

    it('is not made without DNS hostnames', async () => {
      const set = await create({ ...simple(), network: { enableDNSHostnames: false } });
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.counts('a', { active: 0 });
      expect(await set.service()).toBeUndefined();
      expect((await set.jobWhen('a-0')).spec.template.spec).not.toHaveProperty('subdomain');
    });

    it('of a finished JobSet is not made again, nor are its Jobs', async () => {
      const set = await create(simple());
      await set.jobsAre('a-0', 'a-1', 'b-0');
      await set.complete('a-0', 'a-1', 'b-0');
      await set.condition('Completed');
      await set.deleteService();
      await set.deleteJob('a-0');
      await set.counts('a', { succeeded: 1 });
      expect(await set.jobs()).toEqual(['a-1', 'b-0']);
      expect(await set.service()).toBeUndefined();
    });
  });
}
