// A process that has the real store open and writes a part of a session's commits into it. In the disk log it marks when
// it begins a commit and when the commit's promise has resolved: what a server would have acknowledged.
// Usage: store-session.ts '<JSON of SessionPart>'
import { seededRandom } from '../../../../internal/platform/random.ts';
import { openSqliteStore } from '../../../../internal/store/sqlite/sqlite-store.ts';
import type { Commit } from '../../../../internal/store/store.ts';
import { markDiskLog } from '../disk/disk-log.ts';
import { patchWriters } from './patched-threads.ts';
import type { SessionPart } from './session.ts';
import { sessionCommits } from './session-commits.ts';

const part = JSON.parse(process.argv[2] as string) as SessionPart;
patchWriters(part.patches);
const random = seededRandom(part.seed);
const mark = (text: string): void => markDiskLog(part.log, text);
const store = await openSqliteStore({ path: part.database, newId: () => random.uuid(1_000) });
mark('opened');
const commits = sessionCommits(part.seed, part.from + part.commits);
for (let number = part.from; number < commits.length; number += 1) {
  mark(`begin ${number + 1}`);
  await store.commit(commits[number] as Commit);
  mark(`done ${number + 1}`);
}
if (part.end === 'kill') process.kill(process.pid, 'SIGKILL');
await store.close();
mark('closed');
