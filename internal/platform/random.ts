// Chance as a dependency: ids and jitter come from here, so that a seed replays a whole run.
import { v7 as uuidv7 } from 'uuid';

export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A UUIDv7 (RFC 9562) for the given time in milliseconds; ids of one source grow, also within one millisecond. */
  uuid(atMs: number): string;
}

export function systemRandom(): Random {
  return { next: () => Math.random(), uuid: () => uuidv7() };
}

/** The same seed gives the same numbers and ids (mulberry32 by Tommy Ettinger, public domain). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  let counter = 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    uuid(atMs) {
      counter += 1;
      const random = Uint8Array.from({ length: 16 }, () => Math.floor(next() * 256));
      return uuidv7({ msecs: Math.floor(atMs), seq: counter, random });
    },
  };
}
