// What happened in a simulated world, in order: the one thing that checkers see. They judge what callers were answered,
// what was written and what the cluster really did, never the inside of the program. Each entry is also a line for people,
// and the digest of a run is the digest of its lines.
import type { KubernetesObject } from '../../pkg/kubernetes/cluster.ts';
import type { JobSubmission } from '../../pkg/models/index.ts';
import type { IdempotencyKey } from '../engine/inbox.ts';
import type { Commit } from '../store/store.ts';
import { type RowChange, Rows } from './checkers/rows.ts';
import { RunningDigest } from './digest.ts';
import { Narrator } from './narrator.ts';

export type Submission = JobSubmission;
export type Key = IdempotencyKey;
/** What people set for the whole queue; absent values stay. */
export type Settings = Commit['settings'];

export interface ClusterChange {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubernetesObject;
}

export type TraceEntry = {
  at: number;
} /** `isCapGiven`: whoever starts it wants this cap, whatever was set before. */ & (
  | { kind: 'started'; maxConcurrency: number; isCapGiven: boolean }
  | { kind: 'crashed'; point: string }
  | { kind: 'stopped' }
  /** A call of the store failed: after a commit the program will rebuild itself from the rows. */
  | { kind: 'store_failed'; operation: string }
  | { kind: 'fault'; operation: string; fault: string; about: string }
  | { kind: 'outage'; reachable: boolean }
  /** The wall clock of the program's machine was set; a program that runs does not see it, the next one does. */
  | { kind: 'clock_jumped'; byMs: number }
  | { kind: 'faults_ended' }
  /** A caller hands in a job of this name, again only under the same key. `batch`: all names of the request. */
  | { kind: 'submitted'; name: string; submission: Submission; key: Key | undefined; batch: readonly string[] }
  /** A caller was told that its job is accepted. */
  | { kind: 'accepted'; name: string; jobId: string; position: number; key: Key | undefined }
  | { kind: 'submission_refused'; name: string; code: string; key: Key | undefined }
  /** Somebody asked for a cancel; whether it was answered is open. */
  | { kind: 'cancel_asked'; jobId: string }
  /** A controller wants this attempt to make room for others. */
  | { kind: 'give_way_asked'; jobId: string; attempt: number }
  | { kind: 'priority_asked'; jobId: string; priority: number }
  /** `asked` counts the wishes of people, to know which one was the last. */
  | { kind: 'hold_asked'; asked: number; jobId: string; held: boolean }
  /** Answered as done. */
  | { kind: 'hold_answered'; asked: number; jobId: string; held: boolean }
  | { kind: 'retry_asked'; jobId: string }
  | { kind: 'settings_asked'; asked: number; settings: Settings }
  | { kind: 'settings_answered'; asked: number; settings: Settings }
  /** Somebody else deleted a job's workload, or is about to. */
  | { kind: 'outsider_deleted'; jobId: string }
  | { kind: 'committed'; commit: Commit; changes: RowChange[] }
  /** The program asks the cluster for an attempt's workload. */
  | { kind: 'create_called'; jobId: string; attempt: number }
  /** A change of one of our Jobs as the cluster made it, whatever the program's watches say. */
  | { kind: 'workload'; change: ClusterChange }
  /** One of our pods came, ended or went. */
  | { kind: 'pod'; change: ClusterChange }
  /** A ConfigMap of a saved result, or an event about one. */
  | { kind: 'result'; change: ClusterChange }
);

/** A part that judges: told every entry in order, asked at the end. Each violation is a sentence. */
export interface Checker {
  /** `rows`: as they are with this entry. */
  see(entry: TraceEntry, rows: Rows): void;
  violations(rows: Rows): readonly string[];
}

export interface TraceOptions {
  startMs: number;
  checkers: readonly Checker[];
  /** Gets each line as it is made. */
  onLine?: ((line: string) => void) | undefined;
}

/** Hands every entry to the checkers at once and keeps a digest of all. */
export class Trace {
  /** By the commits that became durable. */
  readonly rows = new Rows();
  readonly #options: TraceOptions;
  readonly #narrator: Narrator;
  readonly #digest = new RunningDigest();

  constructor(options: TraceOptions) {
    this.#options = options;
    this.#narrator = new Narrator(options.startMs);
  }

  add(entry: TraceEntry): void {
    const { startMs, onLine } = this.#options;
    const words = this.#narrator.words(entry);
    this.#digest.add(`${entry.at - startMs} ${words[1]}`);
    onLine?.(this.#narrator.lineOf(entry.at, words));
    for (const checker of this.#options.checkers) checker.see(entry, this.rows);
  }

  committed(at: number, commit: Commit): void {
    const changes = this.rows.apply(commit);
    this.#narrator.learn(commit);
    this.add({ at, kind: 'committed', commit, changes });
  }

  violations(): string[] {
    return this.#options.checkers.flatMap((checker) => checker.violations(this.rows));
  }

  /** Equal after equal runs. */
  digest(): string {
    return this.#digest.text;
  }
}
