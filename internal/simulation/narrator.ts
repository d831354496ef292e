// A trace entry as a line that people can follow: when, who, what. Jobs are called by their names, never by their ids.
import { attemptLabel, jobIdLabel } from '../../pkg/kubernetes/labels.ts';
import type { Commit } from '../store/store.ts';
import type { RowChange } from './checkers/rows.ts';
import { workloadOf } from './checkers/workloads.ts';
import type { ClusterChange, Settings, TraceEntry } from './trace.ts';

/** Who, and what. */
export type Words = ['program' | 'store' | 'cluster' | 'caller' | 'fault' | 'world', string];

export class Narrator {
  readonly #startMs: number;
  readonly #names = new Map<string, string>();

  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  /** Takes in the names of new jobs. */
  learn(commit: Commit): void {
    for (const { jobId, name } of commit.inserts) this.#names.set(jobId, name);
  }

  forget(jobId: string): void {
    this.#names.delete(jobId);
  }

  lineOf(at: number, [who, what]: Words): string {
    return `${((at - this.#startMs) / 1_000).toFixed(3).padStart(11)}  ${who.padEnd(7)}  ${what}`;
  }

  words(entry: TraceEntry): Words {
    switch (entry.kind) {
      case 'started':
        return ['program', `starts with ${entry.maxConcurrency} slots${entry.isCapGiven ? ', as it was told' : ''}`];
      case 'crashed':
        return ['program', `is killed (${entry.point})`];
      case 'stopped':
        return ['program', 'is stopped in order'];
      case 'store_failed':
        return ['store', `${entry.operation} fails`];
      case 'fault':
        return ['fault', `${entry.operation} ${entry.fault} (${entry.about})`];
      case 'outage':
        return ['fault', entry.reachable ? 'the API server is back' : 'the API server is gone'];
      case 'clock_jumped':
        return ['fault', `the wall clock jumps by ${entry.byMs / 1_000} s`];
      case 'faults_ended':
        return ['world', 'from here on nothing fails'];
      case 'submitted':
        return ['caller', `submits ${wishOf(entry)}`];
      case 'accepted':
        return ['caller', `is told that ${entry.name} is accepted, position ${entry.position}`];
      case 'submission_refused':
        return ['caller', `is told ${entry.code} about ${entry.name}`];
      case 'cancel_asked':
        return ['caller', `cancels ${this.#name(entry.jobId)}`];
      case 'give_way_asked':
        return ['program', `is to have ${this.#name(entry.jobId)}/${entry.attempt} give way`];
      case 'priority_asked':
        return ['caller', `wants priority ${entry.priority} for ${this.#name(entry.jobId)}`];
      case 'hold_asked':
        return ['caller', `${entry.held ? 'holds' : 'releases'} ${this.#name(entry.jobId)}`];
      case 'hold_answered':
        return ['caller', `is told that ${this.#name(entry.jobId)} is ${entry.held ? 'held' : 'released'}`];
      case 'retry_asked':
        return ['caller', `wants ${this.#name(entry.jobId)} to run again`];
      case 'settings_asked':
        return ['caller', `sets ${settingsOf(entry.settings)}`];
      case 'settings_answered':
        return ['caller', `is told that ${settingsOf(entry.settings)} is set`];
      case 'outsider_deleted':
        return ['cluster', `somebody deletes the workload of ${this.#name(entry.jobId)}`];
      case 'committed':
        return ['store', `has ${this.#changes(entry.changes, entry.commit)}`];
      case 'create_called':
        return ['program', `creates the workload of ${this.#name(entry.jobId)}/${entry.attempt}`];
      case 'workload':
        return ['cluster', this.#workload(entry.change)];
      case 'pod':
        return ['cluster', this.#pod(entry.change)];
      case 'result':
        return ['cluster', resultIn(entry.change)];
    }
  }

  #name(jobId: string): string {
    return this.#names.get(jobId) ?? jobId;
  }

  #changes(changes: readonly RowChange[], { attempts, attemptChanges }: Commit): string {
    const words: string[] = [];
    for (const { jobId, from, to, set } of changes) {
      const name = this.#name(jobId);
      if (set === 'inserted') words.push(`${name} new`);
      else if (from !== to) words.push(`${name} ${from}→${to}${set.reason ? ` (${set.reason})` : ''}`);
      else words.push(`${name} ${set.priority === undefined ? (set.reason ?? 'well') : `priority ${set.priority}`}`);
    }
    for (const { jobId, attempt } of attempts) words.push(`${this.#name(jobId)} dispatch ${attempt.dispatchSequence}`);
    for (const { jobId, set } of attemptChanges) {
      const { creation, cancelRequestedAt, giveWay, outcome, cleanupAt } = set;
      if (creation) words.push(`${this.#name(jobId)} create ${creation}`);
      if (cancelRequestedAt) words.push(`${this.#name(jobId)} cancel asked`);
      if (giveWay) words.push(`${this.#name(jobId)} to give way`);
      if (outcome === 'gave_way') words.push(`${this.#name(jobId)} gave way`);
      if (cleanupAt === null) words.push(`${this.#name(jobId)} nothing to clean up`);
    }
    return words.join(', ');
  }

  #workload(change: ClusterChange): string {
    const { jobId, attempt, end, isDeleting } = workloadOf(change);
    const what = change.type === 'ADDED' ? 'has' : change.type === 'DELETED' ? 'has no more' : 'changes';
    const how = `${end ? `, ${end}` : ''}${isDeleting ? ', being deleted' : ''}`;
    return `${what} the workload of ${this.#name(jobId)}/${attempt}${how}`;
  }

  #pod({ type, object }: ClusterChange): string {
    const { [jobIdLabel]: jobId = '', [attemptLabel]: attempt } = object.metadata.labels ?? {};
    const { phase } = (object.status ?? {}) as { phase?: string };
    return `pod of ${this.#name(jobId)}/${attempt} ${type === 'DELETED' ? 'is gone' : phase}`;
  }
}

function resultIn({ type, object: { kind, metadata } }: ClusterChange): string {
  const what = type === 'ADDED' ? 'has' : type === 'DELETED' ? 'has no more' : 'changes';
  return `${what} the ${kind} ${metadata.name}`;
}

function wishOf({ name, submission, key, batch }: Extract<TraceEntry, { kind: 'submitted' }>): string {
  const { held, rules = {} } = submission;
  const wishes = Object.entries(rules).map(([rule, value]) => `${rule} ${JSON.stringify(value)}`);
  return [
    name,
    ...(batch.length > 1 ? [`of ${batch.length}`] : []),
    ...(key ? [`under ${key.key}`] : []),
    ...(held ? ['held'] : []),
    ...wishes,
  ].join(', ');
}

function settingsOf(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
