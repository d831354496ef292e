// The checker is proven before it judges anything: each planted history has one defect, which it must name and no other,
// and the clean ones, odd as they are, must pass.
import { describe, expect, it } from 'vitest';
import { checkHistory } from './check-history.ts';
import { type Defect, defects } from './finding.ts';
import { plantedHistory } from './planted-history.ts';

interface Planted {
  title: string;
  defect: Defect;
  history: string;
}

const plain = `
  0 submit a
  1 dispatch a
  1 make a u1
  3 complete u1
  4 finish a succeeded`;

const planted: Planted[] = [
  {
    title: 'an accepted job that is answered with 404 later',
    defect: 'lost',
    history: `${plain}
      0 submit b
      6 show-unknown b
      vanish b`,
  },
  {
    title: 'an accepted job that the last list lacks',
    defect: 'lost',
    history: `${plain}
      0 submit b
      vanish b`,
  },
  {
    title: 'an accepted job that waits for ever',
    defect: 'lost',
    history: `${plain}
      0 submit b`,
  },
  {
    title: 'a job that runs for ever, its workload too',
    defect: 'lost',
    history: `0 submit a
      1 dispatch a
      1 make a u1`,
  },
  {
    title: 'a cancelled job whose slot is held though no create of it was cut off',
    defect: 'lost',
    history: `0 submit a
      1 dispatch a
      1 make a u1
      2 cancel a running cancelling
      3 delete u1`,
  },
  {
    title: 'a cancel that was taken and has no effect',
    defect: 'forgotten',
    history: `0 submit a
      1 dispatch a
      1 make a u1
      2 cancel a running cancelling
      3 complete u1
      4 finish a succeeded`,
  },
  {
    title: 'a priority that was taken and is the old one again',
    defect: 'forgotten',
    history: `0 submit a priority=1
      1 reprioritise a 5
      2 reprioritise-unanswered a 7
      3 reprioritise a 5
      4 reprioritise a 1
      5 reprioritise a 9
      6 dispatch a
      6 make a u1
      7 complete u1
      8 finish a succeeded
      9 cancel a succeeded
      has a 1`,
  },
  {
    title: 'a second workload of an attempt after the first one ended',
    defect: 'doubled',
    history: `${plain}
      5 make a u2
      6 complete u2`,
  },
  {
    title: 'two workloads of an attempt at once',
    defect: 'doubled',
    history: `cap 2
      0 submit a
      1 dispatch a
      1 make a u2
      1 make a u1
      3 complete u1
      3 complete u2
      4 finish a succeeded`,
  },
  {
    title: 'a second attempt that no retry allows',
    defect: 'doubled',
    history: `0 submit a
      1 dispatch a
      1 make a u1
      2 fail u1
      3 dispatch a
      3 make a u2 attempt=2
      4 complete u2
      5 finish a succeeded`,
  },
  {
    title: 'one submission that became two jobs',
    defect: 'doubled',
    history: `${plain}
      0 submit a#2
      5 dispatch a#2
      5 make a#2 u2
      6 complete u2
      7 finish a#2 succeeded`,
  },
  {
    title: 'a second attempt that begins before the first one has ended',
    defect: 'overlapping',
    history: `cap 2
      0 submit a retries=1
      1 dispatch a
      1 make a u1
      2 dispatch a
      2 make a u2 attempt=2
      3 fail u1
      4 complete u2
      5 finish a succeeded`,
  },
  {
    title: 'more workloads than slots for a moment',
    defect: 'over_cap',
    history: `0 submit a
      0 submit b
      1 dispatch a
      1 make a u1
      2 dispatch b
      2 make b u2
      2 complete u1
      3 complete u2
      4 finish a succeeded
      4 finish b succeeded`,
  },
  {
    title: 'a slot used again while the workload before is being deleted',
    defect: 'over_cap',
    history: `0 submit a
      0 submit b
      1 dispatch a
      1 make a u1
      2 cancel a running cancelling
      3 finish a cancelled by_user
      3 dispatch b
      3 make b u2
      4 delete u1
      5 complete u2
      6 finish b succeeded`,
  },
  {
    title: 'more jobs running than slots in an answer',
    defect: 'over_cap',
    history: `${plain}
      2 health running=2 pending=0`,
  },
  {
    title: 'a lower priority first',
    defect: 'misordered',
    history: `0 submit a priority=1
      0 submit b priority=2
      1 dispatch a
      1 make a u1
      2 complete u1
      3 finish a succeeded
      3 dispatch b
      3 make b u2
      4 complete u2
      5 finish b succeeded`,
  },
  {
    title: 'the later one of two equals first',
    defect: 'misordered',
    history: `0 submit a
      0 submit b
      1 dispatch b
      1 make b u2
      2 complete u2
      3 finish b succeeded
      3 dispatch a
      3 make a u1
      4 complete u1
      5 finish a succeeded`,
  },
  {
    title: 'a job dispatched before one whose priority was raised in time',
    defect: 'misordered',
    history: `0 submit a priority=1
      0 submit b
      1 reprioritise b 5
      2 dispatch a
      2 make a u1
      3 complete u1
      4 finish a succeeded
      4 dispatch b
      4 make b u2
      5 complete u2
      6 finish b succeeded`,
  },
  {
    title: 'a job dispatched before one that was cancelled while it waited',
    defect: 'misordered',
    history: `0 submit a priority=1
      0 submit b priority=5
      1 dispatch a
      1 make a u1
      2 cancel b cancelled by_user
      2 finish b cancelled by_user
      3 complete u1
      4 finish a succeeded`,
  },
  {
    title: 'a pending list in another order',
    defect: 'misordered',
    history: `${plain}
      0 submit b priority=1
      0 submit c priority=2
      0 pending b c
      5 dispatch c
      5 make c u3
      6 complete u3
      6 finish c succeeded
      6 dispatch b
      6 make b u2
      7 complete u2
      8 finish b succeeded`,
  },
  {
    title: 'a job that is said to run long after its workload ended',
    defect: 'leaked_slot',
    history: `0 submit a
      1 dispatch a
      1 make a u1
      2 complete u1
      40 show a running
      41 finish a succeeded`,
  },
  {
    title: 'a running list that keeps a job whose workload is gone',
    defect: 'leaked_slot',
    history: `0 submit a
      1 dispatch a
      1 make a u1
      2 delete u1
      40 running a
      41 finish a failed workload_deleted`,
  },
  {
    title: 'a free slot while jobs wait',
    defect: 'leaked_slot',
    history: `cap 2
      ${plain}
      10 health running=1 pending=1
      20 health running=1 pending=1
      30 health running=1 pending=1`,
  },
  {
    title: 'a workload of a job that nobody knows',
    defect: 'extra',
    history: `${plain}
      5 make ghost u9
      6 complete u9`,
  },
  {
    title: 'a workload of a job that was never dispatched',
    defect: 'extra',
    history: `0 submit a
      1 cancel a cancelled by_user
      1 finish a cancelled by_user
      2 make a u1
      3 complete u1`,
  },
  {
    title: 'a workload that still runs when its job is over',
    defect: 'extra',
    history: `0 submit a
      1 dispatch a
      1 make a u1
      2 cancel a running cancelling
      3 finish a cancelled by_user`,
  },
  {
    title: 'a success that the cluster does not know of',
    defect: 'untrue',
    history: `0 submit a
      1 dispatch a
      1 make a u1
      2 fail u1
      3 finish a succeeded`,
  },
  {
    title: 'a job that ended well and is said to have been deleted by others',
    defect: 'untrue',
    history: `0 submit a
      1 dispatch a
      1 make a u1
      2 complete u1
      3 delete u1
      4 finish a failed workload_deleted`,
  },
  {
    title: 'a refused create whose workload is there',
    defect: 'untrue',
    history: `0 submit a
      1 dispatch a
      1 make a u1
      2 complete u1
      3 finish a failed create_refused`,
  },
  {
    title: 'a finished job that runs again',
    defect: 'untrue',
    history: `${plain}
      5 show a succeeded
      6 show a running`,
  },
  {
    title: 'a cancelled job that nobody cancelled',
    defect: 'untrue',
    history: `0 submit a
      1 finish a cancelled by_user`,
  },
];

const clean: Array<[string, string]> = [
  ['one job', plain],
  ['a submission without an answer that was accepted', plain.replace('submit', 'submit-unanswered')],
  ['a submission without an answer that was not', `${plain}\n 0 submit-unanswered b\n vanish b`],
  [
    'two equals in order, a slot used again at once',
    `0 submit a
     0 submit b
     1 dispatch a
     1 make a u1
     2 complete u1
     2 dispatch b
     2 make b u2
     3 complete u2
     3 finish a succeeded
     4 finish b succeeded
     9 delete u1`,
  ],
  [
    'a more important job that came too late',
    `0 submit a
     1 dispatch a
     1 make a u1
     1 submit b priority=9
     2 complete u1
     2 finish a succeeded
     2 dispatch b
     2 make b u2
     3 complete u2
     4 finish b succeeded`,
  ],
  [
    'a priority whose answer was lost, in the order that it would give',
    `0 submit a
     0 submit b
     1 reprioritise-unanswered b 5
     1 has b 5
     2 dispatch b
     2 make b u2
     3 complete u2
     3 finish b succeeded
     3 dispatch a
     3 make a u1
     4 complete u1
     5 finish a succeeded`,
  ],
  [
    'a priority whose answer was lost, in the order without it',
    `0 submit a
     0 submit b
     1 reprioritise-unanswered b 5
     2 dispatch a
     2 make a u1
     3 complete u1
     3 finish a succeeded
     3 dispatch b
     3 make b u2
     4 complete u2
     5 finish b succeeded`,
  ],
  [
    'a cancelled job whose create was cut off by a crash, held for a while',
    `0 up
     0 submit a
     1 dispatch a
     1 cancel a running cancelling
     2 down
     3 up
     4 make a u1
     5 delete u1`,
  ],
  [
    'a cancelled job, held for a while before it is over',
    `0 submit a
     1 dispatch a
     1 make a u1
     2 cancel a running cancelling
     3 delete u1
     90 show a running cancelling
     95 finish a cancelled by_user`,
  ],
  [
    'a retry after the first attempt ended',
    `0 submit a retries=1
     1 dispatch a
     1 make a u1
     2 fail u1
     3 dispatch a
     3 make a u2 attempt=2
     4 complete u2
     5 finish a succeeded`,
  ],
  [
    'a workload that ended while no server was there',
    `0 up
     0 submit a
     1 dispatch a
     1 make a u1
     2 down
     3 complete u1
     60 up
     60 show a running
     61 finish a succeeded`,
  ],
  [
    'a job deleted by others',
    `0 submit a
     1 dispatch a
     1 make a u1
     2 delete u1
     3 finish a failed workload_deleted`,
  ],
  [
    'a slot that was free for a moment',
    `${plain}
     0 health running=0 pending=1
     9 health running=0 pending=1
     10 health running=1 pending=1
     19 health running=0 pending=1`,
  ],
  ['everything unfinished, undrained', '0 submit a\n 0 submit b\n 1 dispatch a\n 1 make a u1\n undrained'],
];

describe('the black-box checker', () => {
  it.each(planted)('names $defect: $title', ({ defect, history }) => {
    const found = checkHistory(plantedHistory(history));
    expect(found.map((finding) => finding.defect)).toEqual(found.map(() => defect));
    expect(found).not.toHaveLength(0);
  });

  it.each(clean)('passes %s', (_title, history) => {
    expect(checkHistory(plantedHistory(history))).toEqual([]);
  });

  it('has a planted history for every defect that it knows', () => {
    expect(new Set(planted.map(({ defect }) => defect))).toEqual(new Set(defects));
  });
});
