// What happened in a simulated world, in order: the one thing that checkers see. They judge what callers were answered,
// what was written and what the cluster really did, never the inside of the program.
import { createHash, type Hash } from 'node:crypto';
import type { KubernetesObject } from '../../pkg/kubernetes/cluster.ts';
import type { Commit } from '../store/store.ts';

export interface ClusterChange {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubernetesObject;
}

export type TraceEntry = { at: number } & (
  | { kind: 'started' }
  | { kind: 'crashed'; point: string }
  /** A commit or a reopening of the store failed: the program will rebuild itself from the rows. */
  | { kind: 'store_failed' }
  /** A caller was told that its job is accepted. */
  | { kind: 'accepted'; name: string; jobId: string; position: number }
  | { kind: 'submission_refused'; name: string; code: string }
  /** Somebody asked for a cancel; whether it was answered is open. */
  | { kind: 'cancel_asked'; jobId: string }
  /** Somebody else deleted a job's workload, or is about to. */
  | { kind: 'outsider_deleted'; jobId: string }
  | { kind: 'committed'; commit: Commit }
  /** The program asks the cluster for an attempt's workload. */
  | { kind: 'create_called'; jobId: string; attempt: number }
  /** A change of one of our Jobs as the cluster made it, whatever the program's watches say. */
  | { kind: 'workload'; change: ClusterChange }
);

/** A part that judges: told every entry in order, asked at the end. Each violation is a sentence. */
export interface Checker {
  see(entry: TraceEntry): void;
  violations(): string[];
}

/** Hands every entry to the checkers at once and keeps a digest of all. */
export class Trace {
  readonly #checkers: readonly Checker[];
  readonly #hash: Hash = createHash('sha256');
  readonly #counts = new Map<string, number>();
  readonly #startMs: number;

  constructor(startMs: number, checkers: readonly Checker[]) {
    this.#startMs = startMs;
    this.#checkers = checkers;
  }

  add(entry: TraceEntry): void {
    this.#hash.update(JSON.stringify({ ...entry, at: entry.at - this.#startMs }));
    this.#counts.set(entry.kind, (this.#counts.get(entry.kind) ?? 0) + 1);
    for (const checker of this.#checkers) checker.see(entry);
  }

  count(kind: TraceEntry['kind']): number {
    return this.#counts.get(kind) ?? 0;
  }

  violations(): string[] {
    return this.#checkers.flatMap((checker) => checker.violations());
  }

  /** Equal after equal runs; call once, at the end. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}
