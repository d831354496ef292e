// One hostile request for each seed, of every kind in turn by chance.
import { diceOf } from './dice.ts';
import { bodyMakers } from './hostile-bodies.ts';
import { bytesMakers } from './hostile-bytes.ts';

export interface HostileRequest {
  kind: string;
  /** Sent one after the other. */
  chunks: Buffer[];
  /** Waits for an answer, closes its side after the last byte, or resets the connection. */
  ending: 'wait' | 'end' | 'reset';
  /** The statuses that must come, in order, where it is known. */
  answers?: number[];
}

const makers = Object.entries({ ...bytesMakers, ...bodyMakers });
export const hostileKinds = makers.map(([kind]) => kind);

export function hostileRequest(seed: number): HostileRequest {
  const dice = diceOf(seed);
  const [kind, make] = dice.pick(makers);
  return { kind, ...make(dice) };
}
