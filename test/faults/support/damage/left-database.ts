// The database that trials damage: as a process leaves it that is killed, with jobs in the database's file and commits in its
// log, and as it is closed in order, in one file. Each trial gets a copy.
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteStore } from '../../../../internal/store/sqlite/sqlite-store.ts';
import type { Commit } from '../../../../internal/store/store.ts';
import type { Contents } from '../power/contents.ts';
import { expectedContents } from '../power/expected.ts';
import { sessionCommits } from '../power/session-commits.ts';

const commitsInDatabase = 40;
const commitsInLog = 14;
const commits = commitsInDatabase + commitsInLog;

export interface LeftDatabase {
  /** What it holds, and what it held after each commit before. */
  contents: Contents;
  earlier: Contents[];
  /** Writes a fresh copy and gives back the path of the database. */
  copyTo(folder: string, as: 'killed' | 'closed'): string;
}

export async function leaveDatabase(folder: string): Promise<LeftDatabase> {
  const path = join(folder, 'left.db');
  const all = sessionCommits(12, commits);
  for (const [from, to] of [
    [0, commitsInDatabase],
    [commitsInDatabase, commits],
  ] as const) {
    const store = await openSqliteStore({ path, newId: () => '7d444840-9dc0-4bb1-b5d1-00000000f1a9' });
    for (let number = from; number < to; number += 1) await store.commit(all[number] as Commit);
    for (const part of ['', '-wal']) copyFileSync(path + part, `${path}.killed${part}`);
    await store.close();
  }
  const earlier = await expectedContents(all);
  const bytesOf = (name: string): Buffer => readFileSync(name);
  const killed = new Map(['', '-wal'].map((part) => [part, bytesOf(`${path}.killed${part}`)]));
  const closed = new Map([['', bytesOf(path)]]);
  return {
    contents: earlier.pop() as Contents,
    earlier,
    copyTo: (target, as) => {
      const copy = join(target, 'jobs.db');
      for (const part of ['', '-wal', '-shm', '-journal', '.lock'])
        rmSync(copy + part, { recursive: true, force: true });
      for (const [part, bytes] of as === 'killed' ? killed : closed) writeFileSync(copy + part, bytes);
      return copy;
    },
  };
}
