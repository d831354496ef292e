// When a trial kills the server, all of it decided by the trial's seed. Every second trial kills at a random moment, the
// others go through the named moments in turn, so that twenty trials in a row have ten of each and see every name.
import { type Random, seededRandom } from '../../../../internal/platform/random.ts';
import type { ArmedPoint, CrashPoint } from './crash-points.ts';

export interface KillPlan {
  seed: number;
  /** On an empty database; else on the one of the trial before, if there is one. */
  fresh: boolean;
  /** Under load: at a point, or so many milliseconds after the load began. */
  kill: ArmedPoint | { afterMs: number };
  /** A second kill while the server starts again: at a point, or so many milliseconds after its process began. */
  duringStart?: ArmedPoint | { afterMs: number };
}

interface NamedMoment {
  /** One of them; the seed decides. */
  points: CrashPoint[];
  duringStart?: CrashPoint;
}

const namedMoments: readonly NamedMoment[] = [
  { points: ['before_commit', 'before_made_is_recorded', 'before_end_is_recorded'] },
  { points: ['before_acceptance', 'during_commit'], duringStart: 'before_load' },
  { points: ['after_commit'] },
  { points: ['after_answer'], duringStart: 'after_load' },
  { points: ['before_create'], duringStart: 'after_first_list' },
  { points: ['during_create'] },
  { points: ['after_create'], duringStart: 'after_first_look' },
  { points: ['before_delete', 'after_delete'] },
  { points: ['before_clean_up', 'after_clean_up'] },
  { points: ['during_relist'] },
];

/** The points that are passed at each of many jobs, so that a trial may wait for a later one. */
const longestCount = 12;
const latestMs = 1_500;

export function killPlan(seed: number): KillPlan {
  const random = seededRandom(seed);
  const fresh = random.next() < 0.15;
  return seed % 2 === 1 ? { seed, fresh, ...randomMoment(random) } : { seed, fresh, ...namedMoment(seed, random) };
}

function randomMoment(random: Random): Pick<KillPlan, 'kill' | 'duringStart'> {
  const kill = { afterMs: Math.floor(random.next() * latestMs) };
  if (random.next() > 0.3) return { kill };
  return { kill, duringStart: { afterMs: Math.floor(random.next() * latestMs) } };
}

function namedMoment(seed: number, random: Random): Pick<KillPlan, 'kill' | 'duringStart'> {
  const { points, duringStart } = namedMoments[(seed / 2) % namedMoments.length] as NamedMoment;
  const point = points[Math.floor(random.next() * points.length)] as CrashPoint;
  const kill = { point, nth: 1 + Math.floor(random.next() * (isRare(point) ? 2 : longestCount)) };
  return duringStart === undefined ? { kill } : { kill, duringStart: { point: duringStart, nth: 1 } };
}

function isRare(point: CrashPoint): boolean {
  return /delete|clean_up|relist/.test(point);
}

/** Of a trial, for people. */
export function wordsOf({ seed, fresh, kill, duringStart }: KillPlan): string {
  const again = duringStart === undefined ? '' : `, and ${momentOf(duringStart)} of the start after it`;
  return `seed ${seed}, ${fresh ? 'a fresh database' : 'the database before'}, killed ${momentOf(kill)}${again}`;
}

function momentOf(moment: ArmedPoint | { afterMs: number }): string {
  return 'point' in moment ? `at ${moment.point}, time ${moment.nth}` : `after ${moment.afterMs} ms`;
}
