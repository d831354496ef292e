// How all workloads are, by the stream that tells of each: kept by name, handed on once a frame, unhealthy ones first.
import { signal } from '@preact/signals';
import {
  Problem,
  type StreamedWorkload,
  type WatchedKind,
  type WorkloadHealthDocument,
} from '../../pkg/client/index.ts';
import { onceAFrame } from '../shared/frames.ts';
import { wordsOf } from '../shared/problem.tsx';
import { api, asksForToken } from '../shared/session.ts';

export interface WorkloadsState {
  /** Unhealthy ones first, then by namespace and name. */
  sorted: readonly WorkloadHealthDocument[];
  /** Kinds of which everything was told. */
  synced: ReadonlySet<WatchedKind>;
}

export const workloads = signal<WorkloadsState>({ sorted: [], synced: new Set() });
/** Why nothing is told; empty when something is. */
export const notTold = signal('');

const pauseMs = 2_000;

/** Returns what ends it. */
export function followWorkloads(): () => void {
  const watch = new AbortController();
  void follow(watch.signal);
  return () => watch.abort();
}

async function follow(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await readStream(signal);
    } catch (error) {
      if (error instanceof Problem && error.code === 'controller_off') {
        notTold.value = error.message;
        return;
      }
      notTold.value = asksForToken(error) ? '' : wordsOf(error);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

async function readStream(signal: AbortSignal): Promise<void> {
  const known = new Map<string, WorkloadHealthDocument>();
  const synced = new Set<WatchedKind>();
  const show = onceAFrame(() => {
    workloads.value = { sorted: [...known.values()].sort(byHealth), synced: new Set(synced) };
  });
  const onOpen = (): void => {
    notTold.value = '';
  };
  for await (const event of api().workloadEvents({ signal, onOpen })) {
    apply(event, known, synced);
    show();
  }
}

function apply(event: StreamedWorkload, known: Map<string, WorkloadHealthDocument>, synced: Set<WatchedKind>): void {
  if (event.type === 'synced') {
    synced.add(event.kind);
    return;
  }
  const workload = event.type === 'changed' ? event.workload : event;
  const key = `${workload.kind}/${workload.namespace}/${workload.name}`;
  if (event.type === 'changed') known.set(key, event.workload);
  else known.delete(key);
}

/** Then what runs before what waits, and what has ended last. */
const rankOfState = { Failed: 0, Running: 1, Pending: 2, Suspended: 3, Complete: 4 } as const;

function byHealth(a: WorkloadHealthDocument, b: WorkloadHealthDocument): number {
  return (
    Number(a.healthy) - Number(b.healthy) ||
    rankOfState[a.state] - rankOfState[b.state] ||
    compare(a.namespace, b.namespace) ||
    compare(a.name, b.name)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
