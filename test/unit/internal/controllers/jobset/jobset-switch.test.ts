// Where the JobSet controller runs, and what is said where it does not.
import { afterEach, describe, expect, it } from 'vitest';
import { JobSetSwitch } from '../../../../../internal/controllers/jobset/jobset-switch.ts';
import type { KubernetesObject } from '../../../../../pkg/kubernetes/cluster.ts';
import { MemoryApiServer } from '../../../../support/memory-api-server.ts';
import { recordingLogger, recordingMetrics } from '../../../../support/recorders.ts';
import { virtualClock } from '../../../../support/virtual-clock.ts';

const definitions = 'customresourcedefinitions';
const definition = (annotations: Record<string, string>): KubernetesObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'jobsets.jobset.x-k8s.io', annotations },
});
const ours = definition({ 'kubejobs.io/managed-crd': 'true' });

function operatorWebhook(): KubernetesObject {
  const metadata = { name: 'jobset-mutating-webhook-configuration' };
  const clientConfig = { service: { name: 'jobset-webhook-service' } };
  const object = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata };
  return Object.assign(object, { webhooks: [{ clientConfig }] });
}

function world(isAskedFor = false) {
  const server = new MemoryApiServer();
  const [clock, logger, metrics] = [virtualClock(0), recordingLogger(), recordingMetrics()];
  const log: string[] = [];
  server.served = () => server.all(definitions).length > 0;
  const { cluster } = server;
  const jobSets = new JobSetSwitch({
    ...{ cluster, discovery: cluster, clock, logger, metrics, isAskedFor },
    controller: () => ({ start: () => void log.push('start'), stop: async () => void log.push('stop') }),
  });
  jobSets.start();
  open.push(jobSets);
  return { server, clock, logger, metrics, log, jobSets };
}

const open: JobSetSwitch[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

describe('the JobSet controller', () => {
  it('runs once the CRD of kubejobs is there, and no longer than that', async () => {
    const { server, clock, log } = world();
    await clock.settle();
    expect(log).toEqual([]);
    server.put(definitions, ours);
    await clock.advance(30_000);
    expect(log).toEqual(['start']);
    server.put(definitions, definition({}));
    await clock.advance(60_000);
    expect(log).toEqual(['start', 'stop']);
  });

  it.each([
    ['the CRD of somebody else', [[definitions, definition({})]], 'without the annotation kubejobs.io/managed-crd'],
    [
      'an operator’s webhook',
      [
        [definitions, ours],
        ['mutatingwebhookconfigurations', operatorWebhook()],
      ],
      'the MutatingWebhookConfiguration jobset-mutating-webhook-configuration',
    ],
  ] as Array<[string, Array<[string, KubernetesObject]>, string]>)(
    'does not run beside %s, and names it in the log and in the metric',
    async (_what, objects, words) => {
      const { server, clock, logger, metrics, log } = world();
      for (const [plural, object] of objects) server.put(plural, object);
      await clock.advance(90_000);
      expect(log).toEqual([]);
      const warnings = logger.lines.filter(({ level }) => level === 'warn');
      expect(warnings).toHaveLength(1);
      expect(JSON.stringify(warnings[0]?.fields)).toContain(words);
      expect(metrics.measured.filter(({ value }) => value === 1).at(-1)?.labels).toEqual({ found: 'another' });
    },
  );

  it('is missed aloud only where somebody asked for it', async () => {
    const [quiet, loud] = [world(), world(true)];
    await quiet.clock.settle();
    await loud.clock.settle();
    expect(quiet.logger.lines.map(({ level }) => level)).toEqual(['info']);
    expect(loud.logger.lines.map(({ level }) => level)).toEqual(['warn']);
    expect(JSON.stringify(loud.logger.lines)).toContain('kubejobs install crds makes it');
  });

  it('goes on while the API server does not answer', async () => {
    const { server, clock, log } = world();
    server.put(definitions, ours);
    await clock.advance(30_000);
    server.served = () => {
      throw new Error('unreachable');
    };
    await clock.advance(90_000);
    expect(log).toEqual(['start']);
  });
});

describe('who would have a JobSet made is told', () => {
  it('nothing where it would be run, found out afresh', async () => {
    const { server, clock, jobSets, log } = world();
    await clock.settle();
    expect(jobSets.obstacle).toContain('kubejobs install crds makes it');
    server.put(definitions, ours);
    expect(await Promise.all([jobSets.obstacleNow(), jobSets.obstacleNow()])).toEqual([undefined, undefined]);
    expect({ log, obstacle: jobSets.obstacle }).toEqual({ log: ['start'], obstacle: undefined });
  });

  it('what is in the way, and what to do', async () => {
    const { server, jobSets } = world();
    server.put(definitions, definition({}));
    expect(await jobSets.obstacleNow()).toMatch(
      /^JobSets are not run: .*without the annotation.*kubejobs install crds/,
    );
    server.put(definitions, ours);
    server.put('mutatingwebhookconfigurations', operatorWebhook());
    expect(await jobSets.obstacleNow()).toContain('MutatingWebhookConfiguration jobset-mutating-webhook-configuration');
  });

  it('nothing while the API server does not answer, for then nobody knows', async () => {
    const { server, clock, jobSets } = world();
    server.served = () => {
      throw new Error('unreachable');
    };
    await clock.settle();
    expect([jobSets.obstacle, await jobSets.obstacleNow()]).toEqual([undefined, undefined]);
  });

  it('by one question a second, as long as all is well', async () => {
    const { server, clock, jobSets } = world();
    server.put(definitions, ours);
    await jobSets.obstacleNow();
    let asked = 0;
    server.served = () => {
      asked += 1;
      return true;
    };
    for (let count = 0; count < 5; count += 1) await jobSets.obstacleNow();
    expect(asked).toBe(0);
    await clock.advance(1_000);
    await jobSets.obstacleNow();
    expect(asked).toBe(1);
  });
});
