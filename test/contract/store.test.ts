import { join } from 'node:path';
import { seededRandom } from '../../internal/platform/random.ts';
import { memoryDisk, memoryStore } from '../../internal/store/memory.ts';
import { openSqliteStore } from '../../internal/store/sqlite/sqlite-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import type { StoreUnderTest } from './fresh-stores.ts';
import { storeContract } from './store.ts';

const random = seededRandom(1);

storeContract('in memory', async (): Promise<StoreUnderTest> => {
  const disk = memoryDisk();
  const open = () => memoryStore({ queueId: 'a-queue', disk });
  let store = open();
  return {
    store,
    restart: async () => {
      await store.close();
      store = open();
      return store;
    },
    cleanUp: () => store.close(),
  };
});

storeContract('SQLite', async (): Promise<StoreUnderTest> => {
  const folder = temporaryFolder();
  const path = join(folder.path, 'a database.db');
  const open = () => openSqliteStore({ path, newId: () => random.uuid(1_000) });
  let store = await open();
  return {
    store,
    restart: async () => {
      await store.close();
      store = await open();
      return store;
    },
    cleanUp: async () => {
      await store.close();
      folder.remove();
    },
  };
});
