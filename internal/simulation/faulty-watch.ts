// A watch stream with faults: it breaks, ends, expires, goes silent, repeats, reorders across objects, or lags.
// The order of one object's events is never changed, for no API server does that.
import type { Resource, WatchEvent } from '../../pkg/kubernetes/cluster.ts';
import { type Clock, sleep } from '../platform/clock.ts';
import { type FaultPlan, watchFaults } from './fault-plan.ts';

const startFaults = ['watch_drop', 'watch_end', 'watch_expire'] as const;

export interface FaultyWatchDeps {
  clock: Clock;
  plan: FaultPlan;
  longestDelayMs: number;
  signal: AbortSignal;
  resource: Resource;
  /** Forgets the past of all watches. */
  compact(): void;
}

export class ConnectionBroken extends Error {
  constructor() {
    super('the simulated connection broke');
    this.name = 'ConnectionBroken';
  }
}

const expired: WatchEvent = { type: 'ERROR', code: 410, message: 'too old resource version (simulated)' };

export async function* faultyWatch(
  deps: FaultyWatchDeps,
  open: () => AsyncIterable<WatchEvent>,
): AsyncGenerator<WatchEvent, void, undefined> {
  const { clock, plan, longestDelayMs, signal, resource, compact } = deps;
  if (!plan.isReachable) throw new ConnectionBroken();
  const atStart = plan.draw('open', startFaults, { resource });
  if (atStart === 'watch_drop') throw new ConnectionBroken();
  if (atStart === 'watch_end') return;
  if (atStart === 'watch_expire') {
    compact();
    return yield expired;
  }
  const stream = open()[Symbol.asyncIterator]();
  try {
    for (let step = await stream.next(); !step.done; step = await stream.next()) {
      if (!plan.isReachable) throw new ConnectionBroken();
      const event = step.value;
      const fault = plan.draw('watch', watchFaults, { event });
      if (fault === 'watch_drop') throw new ConnectionBroken();
      if (fault === 'watch_end') return;
      if (fault === 'watch_expire') {
        compact();
        return yield expired;
      }
      if (fault === 'watch_silent') return await untilAborted(signal);
      if (fault === 'watch_delay') await sleep(clock, plan.duration(longestDelayMs), signal);
      if (fault === 'watch_reorder') yield* withTheNext(stream, event);
      else yield event;
      if (fault === 'watch_repeat') yield event;
    }
  } finally {
    await stream.return?.();
  }
}

/** The event and its successor, the other way round when they are about different objects. */
async function* withTheNext(stream: AsyncIterator<WatchEvent>, event: WatchEvent): AsyncGenerator<WatchEvent> {
  const step = await stream.next();
  if (step.done) return yield event;
  const next = step.value;
  const swapped = uidOf(next) !== uidOf(event) && next.type !== 'ERROR' && next.type !== 'BOOKMARK';
  yield swapped ? next : event;
  yield swapped ? event : next;
}

function uidOf(event: WatchEvent): string | undefined {
  return event.type === 'ERROR' ? undefined : event.object.metadata.uid;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
