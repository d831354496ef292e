// The time as the server has it, for all that is told of the past is in its time: a browser whose clock is wrong would show
// jobs that wait for a negative while. Ticks once a second, and not while nobody looks.
import { signal } from '@preact/signals';

/** Clocks that differ by less than this are the same: the header knows whole seconds only. */
const toleranceMs = 2_500;
let aheadMs = 0;

/** `date` of an answer's headers. */
export function noteServerTime(date: string | null): void {
  const told = Date.parse(date ?? '');
  if (Number.isNaN(told)) return;
  const difference = told - Date.now();
  if (Math.abs(difference - aheadMs) > toleranceMs) aheadMs = difference;
}

/** Milliseconds since the epoch, by the server's clock. */
export function serverNow(): number {
  return Date.now() + aheadMs;
}

/** The same, every second. */
export const now = signal(serverNow());

window.setInterval(() => {
  if (!document.hidden) now.value = serverNow();
}, 1_000);
