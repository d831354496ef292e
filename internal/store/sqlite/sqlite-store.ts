// The durable store: an SQLite file, one connection in a thread that writes, one here that reads, and a lock that keeps
// other processes away. It never retries a commit and never repairs a file. Nothing else in the process may open the
// database's files by hand: closing such a handle would drop SQLite's own locks (POSIX).
import { hostname } from 'node:os';
import type { Clock } from '../../platform/clock.ts';
import { type Logger, silentLogger } from '../../platform/logger.ts';
import {
  type ClusterKind,
  type Commit,
  type Prune,
  type Pruned,
  type Receipt,
  type Snapshot,
  type Store,
  StoreFailure,
  type StoreReader,
} from '../store.ts';
import { assertWritable, createPrivate, realPathOf } from './database-path.ts';
import { named } from './failures.ts';
import type { Request, Results } from './messages.ts';
import { type OwnerLock, takeOwnerLock } from './owner-lock.ts';
import { packCommit } from './pack-commit.ts';
import { readableRows } from './readable-rows.ts';
import { Reading } from './reading.ts';
import type { Identity } from './statements/take-over.ts';
import { Writer } from './writer.ts';

export interface SqliteStoreOptions {
  /** The database; it is made when it is not there, its folder is not. */
  path: string;
  /** Makes the queue's id when the database is new. */
  newId(): string;
  /** Where its jobs run; a database of the other kind is refused. */
  cluster?: ClusterKind;
  /** Only for the message that a second process gets. */
  clock?: Pick<Clock, 'now'>;
  /** Hears of rows that cannot be read. */
  log?: Pick<Logger, 'error'>;
}

/** Opens or makes the database. Rejects with a StoreFailure whose message is for people and names the path. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  try {
    const path = realPathOf(options.path);
    assertWritable(path);
    const lock = takeOwnerLock(path);
    return await openLocked(path, lock, options).catch((error: unknown) => {
      lock.release();
      throw error;
    });
  } catch (error) {
    throw named(`cannot open the database ${options.path}`, error);
  }
}

async function openLocked(path: string, lock: OwnerLock, options: SqliteStoreOptions): Promise<Store> {
  createPrivate(path);
  const writer = new Writer();
  try {
    const { newId, clock, cluster } = options;
    const owner = { newQueueId: newId(), owner: ownerNow(clock), ...(cluster && { cluster }) };
    const identity = await writer.request({ kind: 'open', path, ...owner });
    return new SqliteStore({ path, lock, writer, identity, log: options.log ?? silentLogger });
  } catch (error) {
    await writer.request({ kind: 'give_up' }).catch(() => undefined);
    await writer.end();
    throw error;
  }
}

function ownerNow(clock: Pick<Clock, 'now'> | undefined): string {
  const since = clock ? ` since ${new Date(clock.now()).toISOString()}` : '';
  return `process ${process.pid} on ${hostname()}${since}`;
}

function reporter(log: Pick<Logger, 'error'>): (row: string) => void {
  return (row) => log.error({ row }, 'a row of the database cannot be read and is left out');
}

interface Parts {
  path: string;
  lock: OwnerLock;
  writer: Writer;
  identity: Identity;
  log: Pick<Logger, 'error'>;
}

class SqliteStore implements Store {
  readonly queueId: string;
  readonly epoch: number;
  readonly reader: StoreReader;
  readonly #parts: Parts;
  readonly #report: (row: string) => void;
  readonly #reading: Reading;
  #writer: Writer;
  /** Requests wait for the one before. */
  #last: Promise<unknown> = Promise.resolve();
  /** Why there is nothing to write to: after a failed commit until `reopen`, and for good after `close`. */
  #refusal: StoreFailure | undefined;
  #closed: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#writer = parts.writer;
    this.queueId = parts.identity.queueId;
    this.epoch = parts.identity.epoch;
    this.#report = reporter(parts.log);
    this.#reading = new Reading({
      path: parts.path,
      readable: readableRows(this.#report),
      failed: ({ code, message }) => parts.log.error({ code, error: message }, 'the database cannot be read'),
    });
    this.reader = this.#reading.reader;
  }

  async load(): Promise<Snapshot> {
    const { snapshot, unreadable } = await this.#whenOpen(() => this.#request({ kind: 'load' }));
    unreadable.forEach(this.#report);
    return snapshot;
  }

  commit(commit: Commit): Promise<Receipt> {
    const packed = packCommit(commit);
    return this.#whenOpen(() => this.#write({ kind: 'commit', commit: packed }));
  }

  prune(prune: Prune): Promise<Pruned> {
    return this.#whenOpen(() => this.#write({ kind: 'prune', prune }));
  }

  reopen(): Promise<void> {
    return this.#inOrder(async () => {
      if (this.#closed) throw this.#failure(isClosed());
      if (!this.#writer.alive) this.#writer = new Writer();
      await this.#write({ kind: 'reopen', path: this.#parts.path });
      this.#renewReading();
      this.#refusal = undefined;
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#inOrder(() => this.#closeAll());
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    this.#refusal = this.#failure(isClosed());
    this.#reading.close();
    // What cannot be closed in order was committed nevertheless: the next start finds it in the log.
    await this.#request({ kind: 'close' }).catch(() => undefined);
    await this.#writer.end();
    this.#parts.lock.release();
  }

  /** Only now: while the old one was open the log was read as it was before the failure. */
  #renewReading(): void {
    try {
      this.#reading.renew();
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #whenOpen<Value>(step: () => Promise<Value>): Promise<Value> {
    return this.#inOrder(() => {
      if (this.#refusal) throw this.#refusal;
      return step();
    });
  }

  /** Whatever goes wrong with a write, there is no further one on the same handle. */
  async #write<Kind extends 'commit' | 'prune' | 'reopen'>(
    request: Extract<Request, { kind: Kind }>,
  ): Promise<Results[Kind]> {
    try {
      return await this.#request<Kind>(request);
    } catch (error) {
      this.#refusal = error as StoreFailure;
      throw error;
    }
  }

  #request<Kind extends Request['kind']>(request: Extract<Request, { kind: Kind }>): Promise<Results[Kind]> {
    return this.#writer.request<Kind>(request).catch((error: unknown) => {
      throw this.#failure(error);
    });
  }

  #failure(error: unknown): StoreFailure {
    return named(`the database ${this.#parts.path}`, error);
  }

  #inOrder<Value>(step: () => Promise<Value>): Promise<Value> {
    const result = this.#last.then(step);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

function isClosed(): StoreFailure {
  return new StoreFailure('io', 'it is closed.');
}
