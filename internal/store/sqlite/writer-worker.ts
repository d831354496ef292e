// The writer's thread: owns the only connection that writes. After a failed commit it closes that connection, because
// what a failed fsync left behind can't be trusted through it; only `reopen` makes another.
import { parentPort, type Transferable } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import type { Prune, Pruned } from '../store.ts';
import { commitWriter } from './apply-commit.ts';
import { checkpointer, emptyLog } from './checkpoints.ts';
import { openWriteConnection, type WriteConnection } from './connection.ts';
import { toStoreFailure } from './failures.ts';
import { loadSnapshot } from './load-snapshot.ts';
import type { Reply, Request, Results } from './messages.ts';
import type { PackedCommit } from './packed.ts';
import { proveWrite } from './statements/prove-write.ts';
import { pruneOld } from './statements/prune.ts';
import { type Identity, takeOver } from './statements/take-over.ts';

let connection: WriteConnection | undefined;
let apply: (commit: PackedCommit) => number;
let prune: (prune: Prune) => Pruned;
let checkpoint: () => void;
/** Why the connection was closed when nobody asked for anything: the next one who does is told. */
let trouble: Error | undefined;

function answer(request: Request): Results[Request['kind']] {
  switch (request.kind) {
    case 'open':
      return open(request.path, (db): Identity => takeOver(db, request));
    case 'reopen':
      return open(request.path, proveWrite);
    case 'commit':
      return writing(() => ({ firstEventId: apply(request.commit) }));
    case 'prune':
      return writing(() => prune(request.prune));
    case 'load':
      return load();
    case 'give_up':
      return giveUp();
    case 'close':
      return close();
  }
}

/** Opens, and lets `prove` show that the file can be written, or leaves nothing open. */
function open<Value>(path: string, prove: (db: Database.Database) => Value): Value {
  giveUp();
  const opening = openWriteConnection(path);
  try {
    const value = prove(opening.db);
    emptyLog(opening.db);
    apply = commitWriter(opening.db);
    prune = pruneOld(opening.db);
    checkpoint = checkpointer(opening.db);
    trouble = undefined;
    connection = opening;
    return value;
  } catch (error) {
    opening.abandon();
    throw error;
  }
}

function writing<Value>(write: () => Value): Value {
  try {
    opened();
    return write();
  } catch (error) {
    giveUp();
    throw error;
  }
}

function load(): Results['load'] {
  const unreadable: string[] = [];
  const snapshot = loadSnapshot(opened(), (row) => unreadable.push(row));
  return { snapshot, unreadable };
}

function opened(): Database.Database {
  if (!connection) throw trouble ?? new Error('the connection is closed');
  return connection.db;
}

/** Between requests. What was committed is on disk either way; a connection whose write failed is given up all the same. */
function afterCommit(): void {
  try {
    checkpoint();
  } catch (error) {
    trouble = error as Error;
    giveUp();
  }
}

function close(): undefined {
  const closing = connection;
  connection = undefined;
  closing?.closeInOrder();
}

/** After an error that is to be told: a second one must not take its place. */
function giveUp(): undefined {
  const abandoned = connection;
  connection = undefined;
  try {
    abandoned?.abandon();
  } catch {
    // it is not used again either way
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
  if (!message.ok || typeof message.value !== 'object' || !('snapshot' in message.value)) return [];
  const { ids, priorities, sequences } = message.value.snapshot.pending;
  return [ids.buffer, priorities.buffer, sequences.buffer] as ArrayBuffer[];
}

parentPort?.on('message', (request: Request) => {
  const message = reply(request);
  parentPort?.postMessage(message, buffersOf(message));
  if (message.ok && (request.kind === 'commit' || request.kind === 'prune')) afterCommit();
});
