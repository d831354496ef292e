// Cron expressions and time zones: whether they make sense, and which times they stand for. The only place that knows the
// library. It never looks at a clock: every question names the time that it starts from.
//
// On days when the clocks change, croner's rule, as of Vixie's cron: a time that is written out (no `*` or `/` among minutes
// and hours) comes once on every day: when the clocks skip it, at the first moment after the gap; when they show it twice,
// at the first of the two. Anything else is an interval, and follows the time that really passes.
import { Cron } from 'croner';

export interface Times {
  /** The first one later than `at`; undefined when there is none any more. */
  after(at: number): number | undefined;
  /** The last one that is not later than `at`. */
  lastUntil(at: number): number | undefined;
}

export type CronReading = { ok: true; times: Times } | { ok: false; field: 'cron' | 'timeZone'; detail: string };

const words = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const form = `a cron expression: minute, hour, day of month, month and day of week, or one of ${words.join(', ')}`;

/** `from` is any time: an expression without a time after it is refused. `detail` completes "the field …". */
export function readCron(cron: string, timeZone: string, from: number): CronReading {
  if (!isTimeZone(timeZone)) {
    return { ok: false, field: 'timeZone', detail: 'must be an IANA time zone such as "Europe/Berlin" or "UTC"' };
  }
  const isWord = words.includes(cron.toLowerCase());
  if (!isWord && cron.trim().split(/\s+/).length !== 5) return { ok: false, field: 'cron', detail: `must be ${form}` };
  try {
    const times = parsed(cron, timeZone);
    if (times.after(from) !== undefined) return { ok: true, times };
    return { ok: false, field: 'cron', detail: 'can never come to pass: there is no such date' };
  } catch (error) {
    return { ok: false, field: 'cron', detail: `must be ${form}: ${reasonOf(error as Error)}` };
  }
}

/** Of an expression that has been read before. One that makes no sense any more, as in a damaged row, has no times. */
export function timesOf(cron: string, timeZone: string): Times {
  try {
    if (isTimeZone(timeZone)) return parsed(cron, timeZone);
  } catch {
    // as below
  }
  return { after: () => undefined, lastUntil: () => undefined };
}

function parsed(cron: string, timeZone: string): Times {
  const pattern = new Cron(cron, { timezone: timeZone, mode: '5-part', fixedTimeRule: 'no-wildcard', paused: true });
  return {
    after: (at) => pattern.nextRun(new Date(wholeSeconds(at)))?.getTime(),
    lastUntil: (at) => pattern.previousRuns(1, new Date(wholeSeconds(at) + 1_000))[0]?.getTime(),
  };
}

/** Times of an expression are whole minutes; the library looks no closer than a second. */
function wholeSeconds(at: number): number {
  return Math.floor(at / 1_000) * 1_000;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** The library's words, without the names of its classes. */
function reasonOf(error: Error): string {
  return error.message.replace(/^Cron\w*: /, '');
}
