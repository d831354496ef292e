// Opening SQLite stores in tests, and looking at their files when nobody has them open.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { seededRandom } from '../../../../../internal/platform/random.ts';
import { openSqliteStore, type SqliteStoreOptions } from '../../../../../internal/store/sqlite/sqlite-store.ts';
import type { Store, StoreFailure } from '../../../../../internal/store/store.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const random = seededRandom(7);

export function open(path: string, options: Partial<SqliteStoreOptions> = {}): Promise<Store> {
  return openSqliteStore({ path, newId: () => random.uuid(1_000), ...options });
}

/** The failure that opening ends in; fails the test when it does not. */
export async function refusalOf(path: string): Promise<StoreFailure> {
  const store = await open(path).catch((failure: StoreFailure) => failure);
  if (store instanceof Error) return store;
  await store.close();
  throw new Error(`${path} was opened`);
}

/** Runs SQL on a closed database. */
export function edit(path: string, sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

export interface TestFolder {
  path: string;
  database: string;
  remove(): void;
}

export function folderForDatabase(): TestFolder {
  const folder = temporaryFolder();
  return { path: folder.path, database: join(folder.path, 'jobs.db'), remove: folder.remove };
}
