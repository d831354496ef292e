// The named moments at which a trial kills the server, and the thing in the server's process that does it. A point is
// armed for its n-th time; reaching it says so on stderr and ends the process by SIGKILL, before another line of it runs.
import { writeSync } from 'node:fs';

export const crashPoints = {
  before_commit: 'a turn is decided, nothing of it is written',
  before_acceptance: 'submissions were taken in, nothing of them is written',
  before_made_is_recorded: 'a create was answered, its row does not know',
  before_end_is_recorded: 'a workload has ended, its row does not know',
  during_commit: 'the writer has the rows of a turn',
  after_commit: 'a turn is on disk, nobody was answered',
  after_answer: 'a submission was answered',
  before_create: 'a dispatch is on disk, its create is not sent',
  during_create: 'a create was sent',
  after_create: 'a create was carried out, its answer is not taken in',
  before_delete: 'a cancel is on disk, its deletion is not sent',
  after_delete: 'a deletion was carried out, its answer is not taken in',
  before_clean_up: 'the deletion of a finished workload is not sent',
  after_clean_up: 'a finished workload is deleted, its row does not know',
  during_relist: 'the first page of a list after a gap in the watch was read',
  before_load: 'a start has opened the database and read nothing',
  after_load: 'a start has read the rows',
  after_first_list: 'a start has listed the Jobs',
  after_first_look: 'a start has asked about a workload by name, or created it again',
} as const;

export type CrashPoint = keyof typeof crashPoints;

export interface ArmedPoint {
  point: CrashPoint;
  /** 1 is the next time that it is reached. */
  nth: number;
}

/** Before the name of the point that was reached, in the last line on stderr. */
export const crashMark = 'crash point: ';

export class Bomb {
  #armed: ArmedPoint | undefined;

  arm(armed: ArmedPoint): void {
    this.#armed = { ...armed };
  }

  isArmedFor(point: CrashPoint): boolean {
    return this.#armed?.point === point;
  }

  /** Does not return when the point is armed and its time has come. */
  reached(point: CrashPoint): void {
    if (this.#armed?.point !== point) return;
    this.#armed.nth -= 1;
    if (this.#armed.nth > 0) return;
    writeSync(2, `${crashMark}${point}\n`);
    process.kill(process.pid, 'SIGKILL');
    // The signal may reach another thread of the process a little earlier than this one.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
}
