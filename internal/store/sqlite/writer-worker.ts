// The writer's thread: owns the only connection that writes. After a failed commit it closes that connection, because
// what a failed fsync left behind can't be trusted through it; only `reopen` makes another.
import { parentPort, type Transferable } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import { commitWriter } from './apply-commit.ts';
import { openWriteConnection } from './connection.ts';
import { toStoreFailure } from './failures.ts';
import { loadSnapshot } from './load-snapshot.ts';
import type { Reply, Request, Results } from './messages.ts';
import type { PackedCommit } from './packed.ts';
import { proveWrite } from './statements/prove-write.ts';
import { type Identity, takeOver } from './statements/take-over.ts';

let connection: Database.Database | undefined;
let apply: (commit: PackedCommit) => void;

function answer(request: Request): Results[Request['kind']] {
  switch (request.kind) {
    case 'open':
      return open(request.path, (db): Identity => takeOver(db, request));
    case 'reopen':
      return open(request.path, proveWrite);
    case 'commit':
      return commit(request.commit);
    case 'load':
      return load();
    case 'close':
      return close();
  }
}

/** Opens, and lets `prove` show that the file can be written, or leaves nothing open. */
function open<Value>(path: string, prove: (db: Database.Database) => Value): Value {
  closeQuietly();
  const db = openWriteConnection(path);
  try {
    const value = prove(db);
    apply = commitWriter(db);
    connection = db;
    return value;
  } catch (error) {
    db.close();
    throw error;
  }
}

function commit(rows: PackedCommit): undefined {
  try {
    opened();
    apply(rows);
  } catch (error) {
    closeQuietly();
    throw error;
  }
}

function load(): Results['load'] {
  const unreadable: string[] = [];
  const snapshot = loadSnapshot(opened(), (row) => unreadable.push(row));
  return { snapshot, unreadable };
}

function opened(): Database.Database {
  if (!connection) throw new Error('the connection is closed');
  return connection;
}

/** Closing the last connection also moves the log into the database and removes it. */
function close(): undefined {
  const closing = connection;
  connection = undefined;
  closing?.close();
}

/** After an error that is to be told: a second one must not take its place. */
function closeQuietly(): void {
  try {
    close();
  } catch {
    // the connection is given up either way
  }
}

function reply(request: Request): Reply {
  try {
    return { ok: true, value: answer(request) };
  } catch (error) {
    const { code, message } = toStoreFailure(error);
    return { ok: false, code, message };
  }
}

function buffersOf(message: Reply): Transferable[] {
  if (!message.ok || !message.value || !('snapshot' in message.value)) return [];
  const { ids, priorities, sequences } = message.value.snapshot.pending;
  return [ids.buffer, priorities.buffer, sequences.buffer] as ArrayBuffer[];
}

parentPort?.on('message', (request: Request) => {
  const message = reply(request);
  parentPort?.postMessage(message, buffersOf(message));
});
