// Judges disks of a session of the store: they must hold exactly what there was after one of its commits, and that commit
// is at least the last one that was acknowledged and at most the last one that was begun.
import { isDeepStrictEqual } from 'node:util';
import type { Snapshot, StoreReader } from '../../../../internal/store/store.ts';
import { type Contents, contentsOf } from './contents.ts';
import type { Witness } from './power-cuts.ts';

export class SessionWitness implements Witness {
  readonly #expected: readonly Contents[];
  #begun = 0;
  #acknowledged = 0;

  /** `expected`: number n is what there is after n commits. */
  constructor(expected: readonly Contents[]) {
    this.#expected = expected;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  note(mark: string): void {
    const [word, number] = mark.split(' ');
    if (word === 'begin') this.#begun = Number(number);
    if (word === 'done') this.#acknowledged = Number(number);
  }

  readonly judge = (reader: StoreReader, snapshot: Snapshot): string | undefined => {
    const found = contentsOf(reader, snapshot);
    for (let commits = this.#acknowledged; commits <= this.#begun; commits += 1) {
      if (isDeepStrictEqual(found, this.#expected[commits])) return undefined;
    }
    const past = this.#expected.slice(0, this.#acknowledged);
    const earlier = past.findLastIndex((state) => isDeepStrictEqual(found, state));
    if (earlier >= 0) return `${this.#acknowledged} commits were acknowledged, only ${earlier} are there`;
    return `it holds what there never was (${this.#acknowledged} commits acknowledged, ${this.#begun} begun)`;
  };
}
