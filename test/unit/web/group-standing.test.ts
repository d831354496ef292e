import { describe, expect, it } from 'vitest';
import type { PodGroupDocument } from '../../../pkg/client/index.ts';
import { endedLast, standingOf } from '../../../web/workloads/group-standing.ts';

function group(pods: Record<string, number>, more: Partial<PodGroupDocument> = { size: 4 }): PodGroupDocument {
  const times = { since: '2026-11-04T09:30:00.000Z' };
  return { ...times, namespace: 'a', name: 'b', ready: true, labelled: 0, waiting_pods: [], pods, ...more };
}

describe('a group of pods', () => {
  it.each([
    ['that runs is ready', group({ Running: 4 }), 'ready', 'of 4'],
    ['of which one still runs is ready', group({ Running: 1, Succeeded: 3 }), 'ready', 'of 4'],
    ['of which all have ended has ended', group({ Succeeded: 3, Failed: 1 }), 'ended', 'of 4'],
    [
      'whose name was used twice has more pods than belong together',
      group({ Succeeded: 8 }),
      'ended',
      'in groups of 4',
    ],
    ['of no known size names none', group({ Running: 1 }, {}), 'ready', ''],
    [
      'that ended without ever being ready has ended',
      group({ Failed: 4 }, { size: 4, ready: false, reason: 'pods_ended' }),
      'ended',
      'of 4',
    ],
    [
      'that is not ready says why',
      group({ Failed: 1, Running: 3 }, { size: 4, ready: false, reason: 'pods_not_running' }),
      'pods_not_running',
      'of 4',
    ],
  ])('%s', (_title, document, word, of) => expect(standingOf(document)).toMatchObject({ word, of }));

  it('stands behind those that run once it has ended', () => {
    const [ended, runs] = [group({ Succeeded: 4 }), group({ Running: 4 })];
    expect([ended, runs].toSorted(endedLast)).toEqual([runs, ended]);
  });
});
