// The store's reader over a connection that can be exchanged. SQLite's errors come out as StoreFailures that name the
// path; whoever reads decides what they mean for him.
import Database from 'better-sqlite3';
import type { StoreReader } from '../store.ts';
import { openReadConnection } from './connection.ts';
import { named } from './failures.ts';
import type { Readable } from './readable-rows.ts';
import { sqliteReader } from './reader.ts';

export class Reading {
  readonly #path: string;
  readonly #readable: Readable;
  #connection: Database.Database;
  #rows: StoreReader;
  /** Stays the same when the connection is exchanged. */
  readonly reader: StoreReader;

  constructor(path: string, readable: Readable) {
    this.#path = path;
    this.#readable = readable;
    this.#connection = openReadConnection(path);
    this.#rows = sqliteReader(this.#connection, readable);
    this.reader = {
      job: (jobId) => this.#read(() => this.#rows.job(jobId)),
      jobs: (jobIds) => this.#read(() => this.#rows.jobs(jobIds)),
      attempt: (jobId, attempt) => this.#read(() => this.#rows.attempt(jobId, attempt)),
      list: (filter, limit, before) => this.#read(() => this.#rows.list(filter, limit, before)),
      dueCleanups: (at, limit) => this.#read(() => this.#rows.dueCleanups(at, limit)),
    };
  }

  /** Throws SQLite's error and leaves the old connection in place when there is no new one. */
  renew(): void {
    const connection = openReadConnection(this.#path);
    const rows = sqliteReader(connection, this.#readable);
    this.#connection.close();
    this.#connection = connection;
    this.#rows = rows;
  }

  close(): void {
    this.#connection.close();
  }

  #read<Value>(read: () => Value): Value {
    try {
      return read();
    } catch (error) {
      if (error instanceof Database.SqliteError) throw named(`the database ${this.#path}`, error);
      throw error;
    }
  }
}
