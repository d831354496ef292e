// The writer's thread with what a session changes in memory: pragmas that are answered as if they had been obeyed but set
// something else, and migrations of a future version. The files of the program stay what they are.
import { workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { register } from 'tsx/esm/api';

register();
const { prototype } = Database;
const { pragma, prepare } = prototype;
const { pragmas, migrations, checkpointEvery } = workerData.patches;

prototype.pragma = function patched(text, options) {
  const wanted = Object.keys(pragmas).find((name) => text.startsWith(`${name} = `));
  if (wanted === undefined) {
    // What was asserted before is asserted still.
    if (text === 'synchronous' && 'synchronous' in pragmas) return 2;
    return pragma.call(this, text, options);
  }
  return pragma.call(this, `${wanted} = ${pragmas[wanted]}`, options);
};

/** A log of so many pages counts as long. */
prototype.prepare = function patched(sql) {
  const statement = prepare.call(this, sql);
  if (checkpointEvery === undefined || sql !== 'PRAGMA wal_checkpoint(NOOP)') return statement;
  return {
    get() {
      const { log, checkpointed } = statement.get();
      return { log: log - checkpointed < checkpointEvery ? 0 : Number.MAX_SAFE_INTEGER, checkpointed: 0 };
    },
  };
};

const known = await import('../../../../internal/store/sqlite/migrations/index.ts');
known.migrations.push(...migrations);
await import(workerData.worker);
