// Commits jobs in batches of changing size, forever, and prints the last acceptance number of each batch when its commit
// has resolved: what a server would have acknowledged. The batch in flight when it is killed is printed or not.
import { writeSync } from 'node:fs';
import { v7 as uuid } from 'uuid';
import { openSqliteStore } from '../../../../../../internal/store/sqlite/sqlite-store.ts';
import { commitOf, storedJob } from '../../../../../support/store-builders.ts';

const store = await openSqliteStore({ path: process.argv[2] as string, newId: uuid });
let sequence = (await store.load()).lastSequence;
for (let round = 0; ; round += 1) {
  const inserts = Array.from({ length: 1 + (round % 50) }, () => {
    sequence += 1;
    return storedJob(sequence);
  });
  const timeline = inserts.map(({ jobId }) => ({ jobId, entry: { at: sequence, state: 'running' as const } }));
  await store.commit(commitOf({ inserts, timeline }));
  writeSync(1, `${sequence}\n`);
}
