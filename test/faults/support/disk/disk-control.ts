// Orders to disk-shim.c: what is to fail from now on. They reach a running process through a small mapped file.
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { constants } from 'node:os';

export type Operation = 'write' | 'sync' | 'truncate' | 'create' | 'unlink';

/** As they stand in a log of failures, too. */
export const operationBits: Record<Operation, number> = { write: 1, sync: 2, truncate: 4, create: 8, unlink: 16 };
const files = { any: 0, database: 1, log: 2 } as const;

export interface DiskFault {
  operations: Operation[];
  error: 'ENOSPC' | 'EIO' | 'EROFS' | 'EDQUOT';
  file?: keyof typeof files;
  /** So many of these operations still succeed; 0 by default. */
  after?: number;
  /** Only one fails, not every one from then on. */
  once?: boolean;
  /** Half of a write that fails arrives first. */
  half?: boolean;
}

const controlBytes = 28;

export class DiskControl {
  readonly path: string;
  readonly #file: number;

  constructor(path: string) {
    this.path = path;
    this.#file = openSync(path, 'w+', 0o600);
    this.heal();
  }

  fail({ operations, error, file = 'any', after = 0, once = false, half = false }: DiskFault): void {
    const mask = operations.reduce((all, operation) => all | operationBits[operation], 0);
    const failed = this.failures;
    const number = constants.errno[error];
    // The operations last: with them the order is in force.
    this.#write([files[file], after, number, once ? 0 : 1, half ? 1 : 0, failed], 4);
    this.#write([mask], 0);
  }

  heal(): void {
    this.#write(new Array(controlBytes / 4).fill(0), 0);
  }

  /** How many operations were made to fail since the disk was last healed. */
  get failures(): number {
    const bytes = Buffer.alloc(4);
    readSync(this.#file, bytes, 0, 4, 24);
    return bytes.readInt32LE(0);
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(numbers: readonly number[], at: number): void {
    writeSync(this.#file, Buffer.from(Int32Array.from(numbers).buffer), 0, numbers.length * 4, at);
  }
}
