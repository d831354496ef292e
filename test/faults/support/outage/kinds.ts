// The ways in which an API server is of no use, and what the program has to say of each. A kind only begins and ends the
// fault; what must hold meanwhile is the same for all.
import { seededRandom } from '../../../../internal/platform/random.ts';
import type { TestCluster } from '../../../cluster/harness/index.ts';
import type { FaultProxy } from '../proxy/fault-proxy.ts';
import type { Fault } from '../proxy/faults.ts';

export interface OutageKind {
  name: 'gone' | 'refused' | 'frozen' | 'slow' | 'storm' | 'errors';
  durationMs: number;
  /** Must be told as unreachable while it lasts. A slow one or one that asks to wait does answer. */
  unreachable: boolean;
  /** The API server itself is stopped, so it needs a cluster of its own. */
  ownCluster: boolean;
}

const fiveMinutesMs = 300_000;
const aWhileMs = 60_000;

export const outageKinds: readonly OutageKind[] = [
  { name: 'gone', durationMs: fiveMinutesMs, unreachable: true, ownCluster: true },
  { name: 'refused', durationMs: fiveMinutesMs, unreachable: true, ownCluster: false },
  { name: 'frozen', durationMs: fiveMinutesMs, unreachable: true, ownCluster: false },
  { name: 'slow', durationMs: aWhileMs, unreachable: false, ownCluster: false },
  { name: 'storm', durationMs: aWhileMs, unreachable: false, ownCluster: false },
  { name: 'errors', durationMs: aWhileMs, unreachable: true, ownCluster: false },
];

/** Seed 1 is the first kind. In every CI run none lasts longer than a minute. */
export function kindOf(seed: number, column: 'small' | 'large'): OutageKind {
  const kind = outageKinds[(seed - 1) % outageKinds.length] as OutageKind;
  return column === 'large' ? kind : { ...kind, durationMs: Math.min(kind.durationMs, aWhileMs) };
}

export interface Outage {
  begin(): Promise<void>;
  end(): Promise<void>;
}

export function outage(kind: OutageKind, seed: number, proxy: FaultProxy, own: TestCluster | undefined): Outage {
  switch (kind.name) {
    case 'gone':
      return { begin: async () => own?.stopApiServer('SIGKILL'), end: async () => own?.startApiServer() };
    case 'refused':
      return { begin: () => proxy.refuse(), end: () => proxy.accept() };
    case 'frozen':
      return scripted(proxy, () => ({ kind: 'hang_before' }));
    case 'slow':
    case 'storm':
    case 'errors':
      return scripted(proxy, faultsOf(kind.name, seed));
  }
}

/** What is open carries nothing any more, and whatever comes meets the fault. */
function scripted(proxy: FaultProxy, fault: () => Fault): Outage {
  return {
    async begin() {
      proxy.script = fault;
      proxy.freeze();
    },
    async end() {
      proxy.script = () => undefined;
    },
  };
}

function faultsOf(name: 'slow' | 'storm' | 'errors', seed: number): () => Fault {
  const random = seededRandom(seed);
  const upTo = (count: number): number => Math.floor(random.next() * count);
  if (name === 'slow') return () => ({ kind: 'delay', ms: 500 + upTo(4_000) });
  if (name === 'storm') return () => ({ kind: 'answer', status: 429, retryAfterSeconds: 1 + upTo(4) });
  const errors: Fault[] = [
    { kind: 'answer', status: 500 },
    { kind: 'answer', status: 502 },
    { kind: 'answer', status: 503 },
    { kind: 'answer', status: 503, retryAfterSeconds: 2 },
    { kind: 'answer', status: 504 },
  ];
  return () => errors[upTo(errors.length)] as Fault;
}
