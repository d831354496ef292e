// Files that the real server must refuse to start with, in one line that says which file and why, and without a trace of
// its own in them; or, when nothing is lost by it, start with. Each is made from a sound database.
import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Random } from '../../../../internal/platform/random.ts';

export interface BadFile {
  name: string;
  from: 'killed' | 'closed';
  damage(path: string, random: Random): void;
  /** What the refusal must say, beside the path. */
  says: RegExp;
}

function somewhereIn(path: string, random: Random): number {
  return Math.floor((0.05 + 0.9 * random.next()) * readFileSync(path).length);
}

function edit(path: string, sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

export const badFiles: readonly BadFile[] = [
  {
    name: 'a database cut short',
    from: 'closed',
    damage: (path, random) => truncateSync(path, somewhereIn(path, random)),
    says: /damaged/,
  },
  {
    name: 'a database cut short, with its log',
    from: 'killed',
    damage: (path) => truncateSync(path, 0),
    says: /is empty, but its log/,
  },
  {
    name: 'zeros in the database',
    from: 'closed',
    damage: (path, random) => {
      const bytes = readFileSync(path);
      const page = 4_096 * (1 + Math.floor(random.next() * (bytes.length / 4_096 - 1)));
      writeFileSync(path, bytes.fill(0, page, page + 4_096));
    },
    says: /damaged/,
  },
  {
    name: 'a folder in place of the database',
    from: 'closed',
    damage: (path) => {
      rmSync(path);
      mkdirSync(path);
    },
    says: /not a file/,
  },
  {
    name: 'a text in place of the database',
    from: 'closed',
    damage: (path) => writeFileSync(path, 'name: job1\n'.repeat(1_000)),
    says: /damaged/,
  },
  {
    name: 'a newer database',
    from: 'closed',
    damage: (path) => edit(path, 'PRAGMA user_version = 99'),
    says: /newer kubejobs/,
  },
  {
    name: 'a database of another application',
    from: 'closed',
    damage: (path) => {
      rmSync(path);
      edit(path, 'CREATE TABLE photos (name TEXT)');
    },
    says: /another application/,
  },
  {
    name: 'a log that is missing',
    from: 'killed',
    damage: (path) => rmSync(`${path}-wal`),
    says: /log .* is missing/,
  },
  {
    name: 'a log whose database is missing',
    from: 'killed',
    damage: (path) => rmSync(path),
    says: /is empty, but its log/,
  },
  {
    name: 'a log with a hole in its middle',
    from: 'killed',
    damage: (path, random) => {
      const bytes = readFileSync(`${path}-wal`);
      const at = Math.floor(bytes.length * (0.1 + 0.6 * random.next()));
      writeFileSync(`${path}-wal`, bytes.fill(0xa5, at, at + 512));
    },
    says: /log .* is damaged/,
  },
];

/** What is there, to compare. */
export function bytesOf(path: string): Array<Buffer | undefined> {
  return ['', '-wal'].map((part) => {
    const file = path + part;
    if (!existsSync(file)) return undefined;
    try {
      return readFileSync(file);
    } catch {
      return Buffer.from('a folder');
    }
  });
}
