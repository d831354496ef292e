// What becomes of a delivery after a try. Pure.
//
// Rule: an answer from 200 to 299 ends it. Anything else, a redirect too, is tried again after a wait that grows: ten tries
// over a day. After the last one, and after 410 (Gone), it has failed, and is kept for people to look at and to send again.
import type { Delivery } from '../../pkg/models/index.ts';

/** Of one try: the status of the answer, or why there was none. */
export type TryResult = { status: number } | { error: string };

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
/** After the first try, after the second, … */
export const waitsMs = [
  ...[10 * second, minute, 5 * minute, 15 * minute, 30 * minute],
  ...[hour, 3 * hour, 7 * hour, 12 * hour],
];
const gone = 410;

/** Undefined when the message has arrived. */
export function afterTry(delivery: Delivery, result: TryResult, at: number): Delivery | undefined {
  const status = 'status' in result ? result.status : undefined;
  if (status !== undefined && status >= 200 && status < 300) return undefined;
  const { nextTryAt: _next, lastStatus: _status, ...known } = delivery;
  const tries = delivery.tries + 1;
  const tried: Delivery = {
    ...{ ...known, tries, lastTryAt: at, lastError: wordsOf(result) },
    ...(status !== undefined && { lastStatus: status }),
  };
  const wait = waitsMs[tries - 1];
  if (wait === undefined || status === gone) return { ...tried, state: 'failed' };
  return { ...tried, nextTryAt: at + wait };
}

function wordsOf(result: TryResult): string {
  if ('error' in result) return result.error;
  const redirect = result.status >= 300 && result.status < 400 ? '; redirects are not followed' : '';
  return `the answer was ${result.status}${redirect}`;
}

/** Sent again because somebody asks for it: as if it were new. */
export function sentAgain(delivery: Delivery, at: number): Delivery {
  return { ...delivery, state: 'pending', tries: 0, nextTryAt: at };
}
