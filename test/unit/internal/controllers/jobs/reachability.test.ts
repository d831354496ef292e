import { describe, expect, it } from 'vitest';
import { reachabilityMonitor } from '../../../../../internal/controllers/jobs/reachability.ts';
import { seededRandom } from '../../../../../internal/platform/random.ts';
import type { ApiResult } from '../../../../../pkg/kubernetes/cluster.ts';
import { recordingLogger, recordingMetrics } from '../../../../support/recorders.ts';
import { virtualClock } from '../../../../support/virtual-clock.ts';

const ok: ApiResult<undefined> = { outcome: 'ok', value: undefined };
const away: ApiResult<undefined> = { outcome: 'unknown', message: 'away' };

function monitored(first: ApiResult<undefined> | 'hangs' = ok) {
  const clock = virtualClock(0);
  const metrics = recordingMetrics();
  const state = { answer: first as ApiResult<undefined> | 'hangs', pings: [] as number[], told: [] as string[] };
  const monitor = reachabilityMonitor({
    ...{ clock, random: seededRandom(1), logger: recordingLogger(), metrics },
    cluster: {
      ping: () => {
        state.pings.push(clock.now());
        const { answer } = state;
        return answer === 'hangs' ? new Promise(() => {}) : Promise.resolve(answer);
      },
    },
    emit: ({ at, reachable }) => void state.told.push(`${at} ${reachable ? 'reachable' : 'unreachable'}`),
  });
  return { clock, metrics, monitor, state };
}

describe('the reachability of the API server', () => {
  it.each<[string, ApiResult<undefined> | 'hangs', string]>([
    ['answers', ok, '0 reachable'],
    [
      'refuses, which is an answer',
      { outcome: 'refused', status: 403, reason: 'Forbidden', message: '' },
      '0 reachable',
    ],
    [
      'does not know who asks',
      { outcome: 'refused', status: 401, reason: 'Unauthorized', message: '' },
      '0 unreachable',
    ],
    ['does not answer', away, '0 unreachable'],
    ['takes too long', 'hangs', '5000 unreachable'],
  ])('is told at the start when it %s', async (_title, answer, expected) => {
    const { clock, monitor, state } = monitored(answer);
    monitor.start();
    await clock.advance(5_000);
    expect(state.told).toEqual([expected]);
  });

  it('is asked about every 15 s while it is there, and told only when it changes', async () => {
    const { clock, metrics, monitor, state } = monitored();
    monitor.start();
    await clock.advance(150_000);
    expect(state.pings.length).toBeGreaterThanOrEqual(9);
    expect(state.pings.length).toBeLessThanOrEqual(13);
    expect(state.told).toEqual(['0 reachable']);
    expect(metrics.measured).toEqual([{ name: 'kubejobs_cluster_reachable', value: 1, labels: {} }]);
  });

  it('is asked about every 5 s while it is not there, so that its return is seen soon', async () => {
    const { clock, metrics, monitor, state } = monitored(away);
    monitor.start();
    await clock.advance(60_000);
    expect(state.pings.length).toBeGreaterThanOrEqual(10);
    state.answer = ok;
    await clock.advance(5_500);
    expect(state.told.map((line) => line.split(' ')[1])).toEqual(['unreachable', 'reachable']);
    expect(metrics.measured.map(({ value }) => value)).toEqual([0, 1]);
  });

  it('is asked about at once when somebody noticed trouble', async () => {
    const { clock, monitor, state } = monitored();
    monitor.start();
    await clock.advance(5_000);
    state.answer = away;
    monitor.check();
    await clock.settle();
    expect(state.told).toEqual(['0 reachable', '5000 unreachable']);
  });

  it('is asked about at most once a second, however many notice', async () => {
    const { clock, monitor, state } = monitored(away);
    monitor.start();
    for (let tick = 0; tick < 100; tick += 1) {
      monitor.check();
      await clock.advance(100);
    }
    expect(state.pings.length).toBeLessThanOrEqual(11);
  });

  it('is not asked about any more after the stop, nor told from an answer that comes late', async () => {
    const { clock, monitor, state } = monitored('hangs');
    monitor.start();
    monitor.stop();
    monitor.check();
    await clock.advance(600_000);
    expect(state.pings).toEqual([0]);
    expect(state.told).toEqual([]);
  });
});
