import { describe, expect, it } from 'vitest';
import type { Core } from '../../../../internal/core/core.ts';
import { type CoreSnapshot, restoreCore } from '../../../../internal/core/restore.ts';
import type { Attempt } from '../../../../pkg/models/index.ts';
import { coreSettings, eventOf, idOf, linesOf, nameOf } from '../../../support/core-builders.ts';
import { play } from '../../../support/core-scenario.ts';

const restartAt = 500_000;

function attemptRow(row: Partial<Attempt> = {}): Attempt {
  const workload = { kind: 'Job', namespace: 'default', name: 'w' } as const;
  return { attempt: 1, dispatchSequence: 1, dispatchedAt: 0, workload, creation: 'made', ...row };
}

function snapshot(rows: {
  pending?: Array<[name: string, priority: number, sequence: number]>;
  running?: Array<[name: string, sequence: number, attempt: Attempt]>;
}): CoreSnapshot {
  const pending = rows.pending ?? [];
  return {
    lastSequence: 100,
    lastDispatchSequence: 50,
    pending: {
      count: pending.length,
      ids: Buffer.from(pending.map(([name]) => idOf(name).replaceAll('-', '')).join(''), 'hex'),
      priorities: Int32Array.from(pending, ([, priority]) => priority),
      sequences: Float64Array.from(pending, ([, , sequence]) => sequence),
    },
    ...{ waiting: [], expiries: [], attempts: [], settings: {} },
    running: (rows.running ?? []).map(([name, sequence, attempt]) => ({
      jobId: idOf(name),
      sequence,
      priority: 0,
      attempt,
    })),
  };
}

function restored(rows: Parameters<typeof snapshot>[0], maxConcurrency = 1): Core {
  const core = restoreCore(snapshot(rows), coreSettings({ maxConcurrency }), restartAt);
  core.checkInvariants();
  return core;
}

describe('a restored core', () => {
  it('dispatches nothing until the cluster is known to answer', () => {
    const core = restored({ pending: [['a', 0, 1]] });
    play(
      { core },
      `t=${restartAt} tick\nexpect nothing\nexpect a waits: cluster_unreachable\nt=${restartAt} up\nexpect dispatch a`,
    );
  });

  it('still knows of the deletion on its way when the answer to a create of before comes', () => {
    const cancelled = attemptRow({ creation: 'requested', cancelRequestedAt: 450_000 });
    const core = restored({ running: [['a', 1, cancelled]] });
    play({ core }, `t=${restartAt} up\nexpect delete a\nt=${restartAt - 1_000} made a`);
    expect(core.running(idOf('a'))).toMatchObject({ creation: 'made', call: 'delete' });
    core.checkInvariants();
  });

  it('ends a job whose attempt no row tells of, and whoever waits for its success, and gives its slot away', () => {
    const waiting = { jobId: idOf('b'), sequence: 2, priority: 0, held: false, startReason: 'start_after' } as const;
    const core = restoreCore(
      {
        ...snapshot({ pending: [['c', 0, 3]] }),
        unaccounted: [{ jobId: idOf('a'), attempt: 1, why: 'no row' }],
        waiting: [{ ...waiting, waitsFor: [{ jobId: idOf('a'), on: 'success' }] }],
      },
      coreSettings({ maxConcurrency: 1 }),
      restartAt,
    );
    core.checkInvariants();
    core.apply({ kind: 'cluster_reachability_changed', at: restartAt, reachable: true });
    const decisions = core.plan(restartAt);
    const changes = decisions.filter((decision) => decision.kind === 'change_job');
    expect(changes.filter(({ jobId }) => jobId !== idOf('c'))).toMatchObject([
      { jobId: idOf('a'), set: { state: 'failed', reason: 'record_damaged' } },
      { jobId: idOf('b'), set: { state: 'cancelled', reason: 'dependency_failed' } },
    ]);
    expect(decisions).toContainEqual(expect.objectContaining({ kind: 'start_attempt', jobId: idOf('c') }));
  });

  it('has the pending jobs in their places, and goes on counting where it was', () => {
    const core = restored({
      pending: [
        ['a', 1, 5],
        ['b', 9, 6],
        ['c', 1, 7],
      ],
    });
    play({ core }, `t=${restartAt} submit d prio=1\nexpect pending b a c d`);
    expect(core.state.lastSequence).toBe(101);
    play({ core }, `t=${restartAt} up\nexpect dispatch b`);
    expect(core.running(idOf('b'))?.dispatchSequence).toBe(51);
  });

  it('keeps the slots of running jobs, also when that is more than the cap allows', () => {
    const core = restored({
      pending: [['c', 0, 3]],
      running: [
        ['a', 1, attemptRow()],
        ['b', 2, attemptRow({ dispatchSequence: 2 })],
      ],
    });
    play(
      { core },
      `
      t=${restartAt} up
      expect nothing
      expect running a b
      t=500001 succeeded a
      expect a succeeded
      t=500002 succeeded b
      expect b succeeded, dispatch c
      `,
    );
  });

  it('waits for news of a workload that was made', () => {
    const core = restored({ running: [['a', 1, attemptRow()]] });
    play({ core }, `t=${restartAt} up\nexpect nothing\nt=500001 succeeded a\nexpect a succeeded`);
  });

  it('counts a create without a recorded answer as unknown from now on, and writes that down before it asks again', () => {
    const core = restored({ running: [['a', 1, attemptRow({ creation: 'requested' })]] });
    core.apply(eventOf('up', restartAt, ''));
    const decisions = core.plan(restartAt);

    expect(decisions).toEqual([
      {
        kind: 'change_attempt',
        jobId: idOf('a'),
        attempt: 1,
        set: { creation: 'unknown', unknownAt: restartAt },
      },
      { kind: 'create_workload', jobId: idOf('a'), attempt: 1 },
    ]);
    play(
      { core },
      't=589999 refused a\nexpect running a\nt=600000 tick\nexpect create a\nt=600001 refused a\nexpect a failed create_refused',
    );
  });

  it('takes a create that was unknown for unknown anew: it may have been on its way again when the program ended', () => {
    const core = restored({ running: [['a', 1, attemptRow({ creation: 'unknown', unknownAt: restartAt - 80_000 })]] });
    play(
      { core },
      `
      t=${restartAt} up
      expect create a
      t=589999 refused a
      expect running a
      t=600000 tick
      expect create a
      t=600001 refused a
      expect a failed create_refused
      `,
    );
  });

  it('tries a create again whose late answer asks to wait until this very moment', () => {
    const core = restored({ running: [['a', 1, attemptRow({ creation: 'requested' })]] });
    play(
      { core },
      `
      t=${restartAt} up
      expect create a
      t=${restartAt - 1_000} unread a retry-after=1000
      expect nothing
      expect wake ${restartAt}
      t=${restartAt} tick
      expect create a
      `,
    );
  });

  it('deletes what was being cancelled', () => {
    const core = restored({ running: [['a', 1, attemptRow({ cancelRequestedAt: 7 })]] });
    play(
      { core },
      `
      t=${restartAt} up
      expect delete a
      t=500001 missing a
      expect a cancelled by_user
      `,
    );
  });

  it('has a job give way that was to, and says why', () => {
    const core = restored({ running: [['a', 1, attemptRow({ giveWay: 'for-the-others' })]] });
    expect(core.running(idOf('a'))).toMatchObject({ reason: 'cancelling', message: 'for-the-others' });
    play(
      { core },
      `
      t=${restartAt} up
      expect delete a
      t=500001 missing a
      expect a scheduled retry_backoff
      expect row a outcome=gave_way message=for-the-others
      `,
    );
  });

  it('cancels a job that was to give way and then was cancelled', () => {
    const core = restored({ running: [['a', 1, attemptRow({ giveWay: 'x', cancelRequestedAt: 7 })]] });
    play({ core }, `t=${restartAt} up\nexpect delete a\nt=500001 missing a\nexpect a cancelled by_user`);
  });

  it('keeps the slot of a cancel with an unrecorded create for 90 s', () => {
    const core = restored({ running: [['a', 1, attemptRow({ creation: 'requested', cancelRequestedAt: 7 })]] });
    play(
      { core },
      `
      t=${restartAt} up
      expect delete a
      t=500001 delete-missing a
      expect nothing
      t=590000 tick
      expect delete a
      t=590001 missing a
      expect a cancelled by_user
      `,
    );
  });

  it.each([
    ['a moment ago', -10_000],
    ['long ago, by a clock that was set forward since', -3_600_000],
    ['in the future, by a clock that was set back since', 3_600_000],
  ])('still knows that a made workload’s create was once lost: %s', (_when, offsetMs) => {
    const core = restored({ running: [['a', 1, attemptRow({ unknownAt: restartAt + offsetMs })]] });
    play({ core }, `t=${restartAt} up\nt=500001 missing a\nexpect nothing\nexpect wake 590000`);
  });
});

describe('a fork', () => {
  it('and the original go their own ways', () => {
    const core = play(
      { maxConcurrency: 1 },
      `
      t=0 submit a
      t=0 submit b
      t=0 submit c
      expect dispatch a
      t=1 quota a
      expect a pending quota_refused, dispatch b
      t=2 unknown b
      expect b running create_unknown
      `,
    );
    const before = core.digest();
    const copy = core.fork();
    expect(copy.digest()).toBe(before);

    copy.apply(eventOf('cancel', 3, 'b'));
    copy.apply(eventOf('cancel', 3, 'c'));
    copy.apply(eventOf('submit', 3, 'd', { prio: '9' }));
    copy.apply(eventOf('tick', 60_000, ''));
    copy.plan(60_000);
    expect(core.digest()).toBe(before);

    const forked = copy.digest();
    core.apply(eventOf('drain', 4, ''));
    core.plan(4);
    expect(copy.digest()).toBe(forked);
    expect(core.runningInOrder().map((job) => nameOf(job.jobId))).toEqual(['b']);
  });

  it('has the decisions that were not given out yet', () => {
    const core = play({}, 't=0 submit a\nexpect dispatch a');
    core.apply(eventOf('cancel', 1, 'a'));
    const copy = core.fork();

    expect(linesOf(core.plan(1))).toEqual(['a running cancelling']);
    expect(linesOf(copy.plan(1))).toEqual(['a running cancelling']);
  });
});

describe('the digest', () => {
  const history =
    't=0 submit a\nt=0 submit b prio=1\nexpect dispatch b\nt=5 unknown b\nexpect b running create_unknown';

  it('is the same after equal histories', () => {
    expect(play({ maxConcurrency: 1 }, history).digest()).toBe(play({ maxConcurrency: 1 }, history).digest());
  });

  it.each([
    't=6 submit c',
    't=6 cancel a\nexpect a cancelled by_user',
    't=6 give-way b\nexpect b running cancelling, delete b',
    't=6 down',
    't=6 drain',
    't=900 tick\nexpect create b',
  ])('differs after one more event (%s)', (more) => {
    const without = play({ maxConcurrency: 1 }, history).digest();
    expect(play({ maxConcurrency: 1 }, `${history}\n${more}`).digest()).not.toBe(without);
  });

  it('does not depend on the order in which running jobs were put into their map', () => {
    const rows: Array<[string, number, Attempt]> = [
      ['a', 1, attemptRow()],
      ['b', 2, attemptRow({ dispatchSequence: 2 })],
    ];
    expect(restored({ running: rows }).digest()).toBe(restored({ running: [...rows].reverse() }).digest());
  });
});
