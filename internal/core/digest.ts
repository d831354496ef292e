// A hash of the core's state that depends on its content only, never on the history that led to it or on the iteration
// order of a Map. For tests: two runs of one seed must agree on it.
import { type CoreState, runningInOrder } from './state.ts';

export function coreDigest(state: CoreState): string {
  const text = JSON.stringify([
    state.settings,
    state.lastSequence,
    state.lastDispatchSequence,
    state.runnable.digest(),
    state.refused.digest(),
    sorted(state.refusals),
    sorted(state.waiting).map(([, job]) => Object.entries(job).sort(([a], [b]) => (a < b ? -1 : 1))),
    sorted(state.dependents).map(([jobId, dependents]) => [jobId, [...dependents].sort()]),
    sorted(state.expiries),
    sorted(state.attempts),
    sorted(state.gaveWayNow),
    runningInOrder(state).map((job) => Object.entries(job).sort(([a], [b]) => (a < b ? -1 : 1))),
    state.timers.sorted(),
    state.settleUntil ?? null,
    state.clusterReachable,
    state.draining,
    state.paused,
  ]);
  return hash(text);
}

function sorted<Value>(map: Map<string, Value>): Array<[string, Value]> {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** cyrb53 (public domain, by bryc): two 32-bit lanes, 53 bits of result. */
function hash(text: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return ((low >>> 0).toString(16) + (high >>> 0).toString(16).padStart(8, '0')).padStart(16, '0');
}
