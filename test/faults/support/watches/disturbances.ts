// What can happen to a watch, and how it is done through the proxy. A disturbance begins before the objects change, so
// that the news of the change meets it; some have a second half afterwards.
import { type FaultProxy, goneEvent } from '../proxy/fault-proxy.ts';
import type { Fault, Script } from '../proxy/faults.ts';

export const disturbanceNames = [
  'half_open',
  'silent_when_reopened',
  'cut',
  'cut_in_a_line',
  'malformed',
  'error_event',
  'gone_event',
  'gone_when_reopened',
  'late_in_one_piece',
  'stale',
] as const;

/** `compacted` is done by its own trial: it takes an API server that is started again. */
export type DisturbanceName = (typeof disturbanceNames)[number] | 'compacted';

export interface Disturbance {
  begin(): void;
  /** When the objects have changed. */
  after?(): void;
}

/** Seed 1 is the first name; every fiftieth is the real compaction. */
export function disturbanceOf(seed: number): DisturbanceName {
  if (seed % 50 === 0) return 'compacted';
  return disturbanceNames[(seed - 1) % disturbanceNames.length] as DisturbanceName;
}

export function isSilent(name: DisturbanceName): boolean {
  return name === 'half_open' || name === 'silent_when_reopened';
}

/** `pathEnd`: `/jobs` for the watches of Jobs alone, nothing for those of the pods too. */
export function disturbance(
  name: Exclude<DisturbanceName, 'compacted'>,
  proxy: FaultProxy,
  pathEnd: string,
): Disturbance {
  const each = (act: (stream: ReturnType<FaultProxy['streams']>[number]) => void): void => {
    for (const stream of proxy.streams(pathEnd)) act(stream);
  };
  const cut = (): void => each((stream) => stream.cut());
  const cutAndMeet = (fault: Fault): void => {
    proxy.script = onceEach(pathEnd, fault);
    cut();
  };
  switch (name) {
    case 'half_open':
      return { begin: () => each((stream) => stream.silence()) };
    case 'silent_when_reopened':
      return { begin: () => cutAndMeet({ kind: 'silent_stream' }) };
    case 'cut':
      return { begin: () => {}, after: cut };
    case 'cut_in_a_line':
      return { begin: () => each((stream) => stream.cutAtNextLine()) };
    case 'malformed':
      return { begin: () => each((stream) => stream.inject('{"type":"MODIFIED","object":{"metad')) };
    case 'error_event':
      return { begin: () => each((stream) => stream.inject(errorEvent)) };
    case 'gone_event':
      return { begin: () => each((stream) => stream.inject(goneEvent)) };
    case 'gone_when_reopened':
      return { begin: () => cutAndMeet({ kind: 'gone_stream' }) };
    case 'late_in_one_piece':
      return { begin: () => each((stream) => stream.hold()), after: () => each((stream) => stream.release()) };
    case 'stale':
      return { begin: () => {}, after: () => each((stream) => stream.replay()) };
  }
}

const errorEvent = JSON.stringify({
  type: 'ERROR',
  object: { kind: 'Status', status: 'Failure', code: 500, reason: 'InternalError', message: 'etcdserver: no leader' },
});

/** The next watch of each path meets the fault. */
function onceEach(pathEnd: string, fault: Fault): Script {
  const met = new Set<string>();
  return ({ verb, path }) => {
    if (verb !== 'watch' || !path.endsWith(pathEnd) || met.has(path)) return undefined;
    met.add(path);
    return fault;
  };
}
