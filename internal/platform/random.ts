// Chance as a dependency: ids and jitter come from here, so that a seed replays a whole run.
import { v7 as uuidv7 } from 'uuid';

export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A UUIDv7 (RFC 9562) for the given time in milliseconds; ids of one source grow, also within one millisecond. */
  uuid(atMs: number): string;
}

export function systemRandom(): Random {
  const random16 = randomPool();
  let msecs = 0;
  let sequence = 0;
  return {
    next: () => Math.random(),
    uuid(atMs) {
      const random = random16();
      const at = Math.floor(atMs);
      if (at > msecs) {
        msecs = at;
        sequence = new DataView(random.buffer, random.byteOffset).getUint32(6) >>> 1;
      } else {
        sequence = (sequence + 1) >>> 0;
        if (sequence === 0) msecs += 1;
      }
      return uuidv7({ msecs, seq: sequence, random });
    },
  };
}

/** Asking the system for 16 bytes costs more than all the rest of an id, so it is asked for many ids at once. */
function randomPool(): () => Uint8Array {
  const pool = new Uint8Array(16 * 256);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    used += 16;
    return pool.subarray(used - 16, used);
  };
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
