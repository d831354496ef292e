// New stores for the tests of a contract, each cleaned up after its test.
import { afterEach } from 'vitest';
import type { Store } from '../../internal/store/store.ts';

export interface StoreUnderTest {
  store: Store;
  /** Closes the store and opens another one on the same rows, as the next process would. */
  restart(): Promise<Store>;
  cleanUp(): Promise<void>;
}

export type OpenStore = () => Promise<StoreUnderTest>;

/** Call inside a `describe`. */
export function freshStores(open: OpenStore): { fresh: OpenStore; freshStore: () => Promise<Store> } {
  const opened: StoreUnderTest[] = [];
  const fresh = async (): Promise<StoreUnderTest> => {
    const underTest = await open();
    opened.push(underTest);
    return underTest;
  };
  afterEach(async () => {
    for (const underTest of opened.splice(0)) await underTest.cleanUp();
  });
  return { fresh, freshStore: async () => (await fresh()).store };
}
