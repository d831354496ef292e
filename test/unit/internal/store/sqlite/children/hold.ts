// Opens the database given as argument, says so, and holds it until it is killed or told to close (a line on stdin).
import { v7 as uuid } from 'uuid';
import { openSqliteStore } from '../../../../../../internal/store/sqlite/sqlite-store.ts';

try {
  const store = await openSqliteStore({ path: process.argv[2] as string, newId: uuid, clock: { now: () => 0 } });
  process.stdout.write('open\n');
  process.stdin.once('data', () => void store.close().then(() => process.exit(0)));
} catch (error) {
  process.stdout.write(`${(error as { code: string }).code}\n`);
}
