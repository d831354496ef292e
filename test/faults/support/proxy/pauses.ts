// Whether a client kept the pauses that it was asked for. Judges what the proxy wrote down and nothing else.
import type { Arrival } from './faults.ts';

/** A request that was on its way when the answer was sent, or for which a connection was, could not know of it. */
const onItsWayMs = 300;

/**
 * The requests that came within the pause of an answer with Retry-After, a sentence each. Such an answer is meant for all
 * calls of the client; an open watch costs the server nothing, so only a watch that was itself turned away has to wait.
 */
export function tooEarly(arrivals: readonly Arrival[]): string[] {
  const violations: string[] = [];
  for (const asked of arrivals) {
    const { answeredAt, retryAfterMs = 0 } = asked;
    if (answeredAt === undefined || retryAfterMs <= onItsWayMs) continue;
    const end = answeredAt + retryAfterMs;
    const early = arrivals.find(
      (other) => sentAt(other) > answeredAt + onItsWayMs && other.at < end && isMeant(asked, other),
    );
    if (early) violations.push(sentence(asked, early, end));
  }
  return violations;
}

function sentAt({ at, openedAt = at }: Arrival): number {
  return openedAt;
}

function isMeant(asked: Arrival, other: Arrival): boolean {
  return other.verb !== 'watch' || (asked.verb === 'watch' && asked.path === other.path);
}

function sentence(asked: Arrival, early: Arrival, end: number): string {
  const tooEarlyMs = Math.ceil(end - early.at);
  return (
    `${early.method} ${early.path} came ${tooEarlyMs} ms before the end of the ${asked.retryAfterMs} ms ` +
    `that ${asked.method} ${asked.path} was told to wait (${asked.status})`
  );
}

/** The most requests (of those that `counts` names) that came within one window of this length. */
export function mostWithin(
  windowMs: number,
  arrivals: readonly Arrival[],
  counts: (arrival: Arrival) => boolean = () => true,
): number {
  const times = arrivals.filter(counts).map(({ at }) => at);
  let most = 0;
  let first = 0;
  for (const [last, at] of times.entries()) {
    while ((times[first] as number) <= at - windowMs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
