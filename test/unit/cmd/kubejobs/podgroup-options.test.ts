import { describe, expect, it } from 'vitest';
import { chosenControllers } from '../../../../cmd/kubejobs/controllers.ts';
import { assemblePodGroups, givingWay } from '../../../../cmd/kubejobs/podgroups.ts';
import type { RunningJob } from '../../../../internal/core/state.ts';
import { parseConfiguration, serveOptions } from '../../../../internal/platform/configuration.ts';
import { seededRandom } from '../../../../internal/platform/random.ts';
import { recordingLogger, recordingMetrics } from '../../../support/recorders.ts';
import { scriptedCluster } from '../../../support/scripted-cluster.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

const parsed = (flags: Record<string, string | boolean> = {}) => parseConfiguration(serveOptions, flags, {});
const deps = () => ({
  ...{ cluster: scriptedCluster(), clock: virtualClock(), random: seededRandom(1), queueId: 'q' },
  ...{ logger: recordingLogger(), metrics: recordingMetrics() },
});

describe('--podgroup-name-label and --podgroup-ready-label', () => {
  it('have the names that are usual, and the time of a deadlock is a minute', () => {
    expect(parsed()).toMatchObject({
      podgroupNameLabel: 'podgroup.jhwagner.github.io/name',
      podgroupReadyLabel: 'podgroup.jhwagner.github.io/ready',
      gangDeadlockAfter: 60_000,
      gangDeadlockResolve: false,
    });
  });

  it.each(['gang', 'Gang_1.x', 'example.com/gang', 'a.b-c.d/E'])('may be %j', (label) => {
    expect(parsed({ podgroupNameLabel: label }).podgroupNameLabel).toBe(label);
  });

  it.each([
    '',
    '/',
    'a/',
    '/a',
    'a/b/c',
    '-a',
    'a-',
    'with space',
    'Upper.case/a',
    'a..b/c',
    `${'a'.repeat(64)}`,
    `${'a'.repeat(254)}/b`,
    'kubejobs.io/job-id',
    'a,b',
    'a=b',
    '!a',
  ])('may not be %j', (label) => {
    expect(() => parsed({ podgroupReadyLabel: label })).toThrow(
      /^--podgroup-ready-label is ".*"; allowed is the name of a label/,
    );
  });

  it('must differ', () => {
    const settings = parsed({ podgroupNameLabel: 'a', podgroupReadyLabel: 'a' });
    expect(() => assemblePodGroups(true, settings, deps())).toThrow(/are both a; they must differ/);
  });
});

describe('--gang-deadlock-after', () => {
  it.each(['0s', '999ms', 'soon', '-1s'])('may not be %j', (text) => {
    expect(() => parsed({ gangDeadlockAfter: text })).toThrow(
      /--gang-deadlock-after is ".*"; allowed is a duration from/,
    );
  });
});

describe('the controller of pod groups', () => {
  it('is on by default where there is a cluster, and shows nothing when it is off', () => {
    expect(chosenControllers({ controllers: undefined, dryRun: false }).has('podgroup')).toBe(true);
    expect(chosenControllers({ controllers: undefined, dryRun: true }).has('podgroup')).toBe(false);
    expect(chosenControllers(parsed({ controllers: 'podgroup', dryRun: true }))).toEqual(new Set(['podgroup']));
    expect(assemblePodGroups(false, parsed(), deps()).service).toBeUndefined();
    expect(assemblePodGroups(true, parsed(), deps()).service).toBeDefined();
  });
});

describe('giving way', () => {
  it('is an event about the attempt, and only a job that runs as this attempt has an order', () => {
    const events: object[] = [];
    const job = { jobId: 'j', attempt: 2, priority: 7, sequence: 9 } as RunningJob;
    const core = { running: (jobId: string) => (jobId === 'j' ? job : undefined) };
    const { giveWay, priorityOf } = givingWay(
      () => core,
      { now: () => 5 },
      (event) => events.push(event),
    );
    giveWay('j', 2, 'why');
    expect(events).toEqual([{ kind: 'give_way_requested', at: 5, jobId: 'j', attempt: 2, message: 'why' }]);
    expect([priorityOf('j', 2), priorityOf('j', 1), priorityOf('k', 2)]).toEqual([
      { priority: 7, sequence: 9 },
      undefined,
      undefined,
    ]);
  });
});
