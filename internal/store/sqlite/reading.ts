// The store's reader over a connection that can be exchanged. SQLite's errors come out as StoreFailures that name the
// path; whoever reads decides what they mean for him.
import Database from 'better-sqlite3';
import type { StoreFailure, StoreReader } from '../store.ts';
import { openReadConnection } from './connection.ts';
import { named } from './failures.ts';
import type { Readable } from './readable-rows.ts';
import { sqliteReader } from './reader.ts';

export interface ReadingOptions {
  path: string;
  readable: Readable;
  /** Hears of the first failure, and of the first one after a read that succeeded again. */
  failed(failure: StoreFailure): void;
}

export class Reading {
  readonly #options: ReadingOptions;
  #isFailing = false;
  #connection: Database.Database;
  #rows: StoreReader;
  /** Stays the same when the connection is exchanged. */
  readonly reader: StoreReader;

  constructor(options: ReadingOptions) {
    this.#options = options;
    this.#connection = openReadConnection(options.path);
    this.#rows = sqliteReader(this.#connection, options.readable);
    this.reader = {
      job: (jobId) => this.#read(() => this.#rows.job(jobId)),
      jobs: (jobIds) => this.#read(() => this.#rows.jobs(jobIds)),
      attempt: (jobId, attempt) => this.#read(() => this.#rows.attempt(jobId, attempt)),
      list: (filter, limit, before) => this.#read(() => this.#rows.list(filter, limit, before)),
      finished: (limit, behind) => this.#read(() => this.#rows.finished(limit, behind)),
      dueCleanups: (at, limit) => this.#read(() => this.#rows.dueCleanups(at, limit)),
      idempotency: (keys) => this.#read(() => this.#rows.idempotency(keys)),
      events: (after, limit) => this.#read(() => this.#rows.events(after, limit)),
      lastEventId: () => this.#read(() => this.#rows.lastEventId()),
      schedule: (name) => this.#read(() => this.#rows.schedule(name)),
      schedules: (limit, skip) => this.#read(() => this.#rows.schedules(limit, skip)),
      scheduleCount: () => this.#read(() => this.#rows.scheduleCount()),
      delivery: (deliveryId) => this.#read(() => this.#rows.delivery(deliveryId)),
      deliveries: (state, limit, skip) => this.#read(() => this.#rows.deliveries(state, limit, skip)),
      deliveryCount: (state) => this.#read(() => this.#rows.deliveryCount(state)),
      dueDeliveries: (at, limit, hosts) => this.#read(() => this.#rows.dueDeliveries(at, limit, hosts)),
      nextDeliveryAt: (after) => this.#read(() => this.#rows.nextDeliveryAt(after)),
      webhooksUpTo: () => this.#read(() => this.#rows.webhooksUpTo()),
    };
  }

  /** Throws SQLite's error and leaves the old connection in place when there is no new one. */
  renew(): void {
    const connection = openReadConnection(this.#options.path);
    const rows = sqliteReader(connection, this.#options.readable);
    this.#connection.close();
    this.#connection = connection;
    this.#rows = rows;
  }

  close(): void {
    this.#connection.close();
  }

  #read<Value>(read: () => Value): Value {
    try {
      const value = read();
      this.#isFailing = false;
      return value;
    } catch (error) {
      throw error instanceof Database.SqliteError ? this.#failure(error) : error;
    }
  }

  #failure(error: Error): StoreFailure {
    const failure = named(`the database ${this.#options.path}`, error);
    if (!this.#isFailing) this.#options.failed(failure);
    this.#isFailing = true;
    return failure;
  }
}
