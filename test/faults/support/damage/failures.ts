// The ways in which a disk fails under a running server, and how each ends again: operations that return an error, by the
// shim, and a small file system that is really full, where this user may mount one.
import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DiskControl, DiskFault } from '../disk/disk-control.ts';

export interface Failure {
  name: string;
  /** Before the server is started on the folder; gives back how to undo it. */
  prepare?(folder: string): () => void;
  begin(control: DiskControl, folder: string): void;
  end(control: DiskControl, folder: string): void;
  /** One operation fails, then all is well: nothing can be looked at meanwhile. */
  isOver?: boolean;
  /** It shows when the log is moved into the database: it takes much to come to that. */
  atCheckpoint?: boolean;
}

function byShim(name: string, fault: DiskFault): Failure {
  return {
    name,
    begin: (control) => control.fail(fault),
    end: (control) => control.heal(),
    isOver: fault.once ?? false,
    atCheckpoint: fault.file === 'database',
  };
}

const ballast = '.ballast';

const reallyFull: Failure = {
  name: 'a file system that is full',
  prepare(folder) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], { stdio: 'ignore' });
    return () => execFileSync('umount', ['--lazy', folder], { stdio: 'ignore' });
  },
  begin(_control, folder) {
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(join(folder, ballast), Buffer.alloc(Number(bavail) * Number(bsize)));
  },
  end: (_control, folder) => rmSync(join(folder, ballast)),
};

/** `after`: so many operations still succeed. */
export function failuresWhileRunning(after: number): Failure[] {
  return [
    canMount() ? reallyFull : byShim('no space', { operations: ['write', 'truncate'], error: 'ENOSPC' }),
    byShim('no space for half of a write to the log', {
      operations: ['write'],
      error: 'ENOSPC',
      file: 'log',
      after,
      half: true,
    }),
    byShim('an error at writing', { operations: ['write'], error: 'EIO', after }),
    byShim('an error at each sync of the log', { operations: ['sync'], error: 'EIO', file: 'log', after: after % 3 }),
    byShim('an error at one sync of the log', { operations: ['sync'], error: 'EIO', file: 'log', after, once: true }),
    byShim('an error at syncing the database', { operations: ['sync'], error: 'EIO', file: 'database' }),
    byShim('a file system that became read-only', {
      operations: ['write', 'sync', 'truncate', 'create', 'unlink'],
      error: 'EROFS',
    }),
  ];
}

let mountRight: boolean | undefined;

function canMount(): boolean {
  mountRight ??= succeeds('unshare', ['--mount', 'true']);
  return mountRight;
}

function succeeds(program: string, arguments_: string[]): boolean {
  try {
    execFileSync(program, arguments_, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export interface FailureAtStart {
  name: string;
  fault: DiskFault;
  says: RegExp;
}

export const failuresAtStart: readonly FailureAtStart[] = [
  { name: 'no space', fault: { operations: ['write'], error: 'ENOSPC' }, says: /its disk is full/ },
  {
    name: 'an error at every sync',
    fault: { operations: ['sync'], error: 'EIO' },
    says: /the system reported an error/,
  },
  {
    name: 'a read-only file system',
    fault: { operations: ['write', 'create', 'truncate', 'unlink'], error: 'EROFS' },
    says: /cannot be written|the system reported an error/,
  },
];
