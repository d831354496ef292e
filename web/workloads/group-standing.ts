// How a group of pods is, for people: one of which every pod has ended is not called ready any more, nor is it trouble. Pure.
import type { PodGroupDocument } from '../../pkg/client/index.ts';

export interface Standing {
  word: string;
  /** A class of the style sheet. */
  look: 'ready' | 'ended' | 'unhealthy';
  sign: string;
  /** Behind the numbers of its pods: how many belong together. */
  of: string;
}

export function standingOf(group: PodGroupDocument): Standing {
  const of = sizeWords(group);
  if (!group.ready && !hasEnded(group)) return { word: group.reason ?? 'not ready', look: 'unhealthy', sign: '✕', of };
  return hasEnded(group)
    ? { word: 'ended', look: 'ended', sign: '○', of }
    : { word: 'ready', look: 'ready', sign: '●', of };
}

/** For sorting. */
export function endedLast(one: PodGroupDocument, other: PodGroupDocument): number {
  return Number(hasEnded(one)) - Number(hasEnded(other));
}

function hasEnded({ ready, reason, pods }: PodGroupDocument): boolean {
  if (!ready) return reason === 'pods_ended';
  return Object.entries(pods).every(([state, number]) => number === 0 || ends.includes(state));
}

const ends = ['Succeeded', 'Failed'];

/** A name that is used again has the ended pods of before as well: these are more than belong together. */
function sizeWords({ size, pods }: PodGroupDocument): string {
  if (size === undefined) return '';
  const here = Object.values(pods).reduce((sum, number) => sum + number, 0);
  return here > size ? `in groups of ${size}` : `of ${size}`;
}
