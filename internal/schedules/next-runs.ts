// When each schedule runs next, remembered: finding it out takes a good part of a millisecond.
import type { Schedule } from '../../pkg/models/index.ts';
import { timesOf } from './cron.ts';

export class NextRuns {
  readonly #known = new Map<string, { from: string; at: number | undefined }>();

  /** Undefined for a suspended schedule. */
  of({ scheduleId, cron, timeZone, consideredUpTo, suspended }: Schedule): number | undefined {
    if (suspended) return undefined;
    const from = `${consideredUpTo} ${timeZone} ${cron}`;
    const known = this.#known.get(scheduleId);
    if (known?.from === from) return known.at;
    const at = timesOf(cron, timeZone).after(consideredUpTo);
    this.#known.set(scheduleId, { from, at });
    return at;
  }

  forget(scheduleId: string): void {
    this.#known.delete(scheduleId);
  }
}
