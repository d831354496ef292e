// Saved results: of each workload that wanted one and ended, one result with its right status, job and attempt, before the
// workload goes; one event, after the result. Excepted is what nobody can save: a workload that was taken away on purpose (a
// cancel, a timeout, giving way, or somebody else), one that is not its attempt's own, and, while things fail, one that could
// not be saved for ten minutes, for that long it is kept.
import { enabledLabel, jobUidLabel } from '../../../pkg/kubernetes/results/marks.ts';
import type { Checker, ClusterChange, TraceEntry } from '../trace.ts';
import { Findings } from './findings.ts';
import type { Rows } from './rows.ts';
import { type Workload, workloadOf } from './workloads.ts';

interface Ended {
  workload: Workload;
  at: number;
  saved: number;
  told: number;
}

interface MapObject {
  metadata: { labels: Record<string, string> };
  data: Record<string, string>;
}

interface EventObject {
  involvedObject: { uid: string };
}

const longestKeptMs = 600_000;

export class ResultChecker implements Checker {
  readonly #ended = new Map<string, Ended>();
  readonly #taken = new Set<string>();
  readonly #found = new Findings();
  #faultsEndedAt = Number.POSITIVE_INFINITY;

  see(entry: TraceEntry, rows: Rows): void {
    if (entry.kind === 'faults_ended') this.#faultsEndedAt = entry.at;
    if (entry.kind === 'cancel_asked' || entry.kind === 'outsider_deleted' || entry.kind === 'give_way_asked')
      this.#taken.add(entry.jobId);
    if (entry.kind === 'committed') {
      for (const { jobId, set } of entry.changes)
        if (set !== 'inserted' && set.reason === 'cancelling') this.#taken.add(jobId);
    }
    if (entry.kind === 'workload') this.#workload(entry.at, entry.change, rows);
    if (entry.kind === 'result' && entry.change.type === 'ADDED') this.#result(entry.at, entry.change);
  }

  violations(): readonly string[] {
    return this.#found.sentences;
  }

  #workload(at: number, change: ClusterChange, rows: Rows): void {
    if (change.object.metadata.labels?.[enabledLabel] !== 'true') return;
    const workload = workloadOf(change);
    if (workload.end && !this.#ended.has(workload.uid))
      this.#ended.set(workload.uid, { workload, at, saved: 0, told: 0 });
    const ended = this.#ended.get(workload.uid);
    if (change.type === 'DELETED' && ended) this.#deleted(at, ended, rows);
  }

  #deleted(at: number, { workload, saved, told, at: endedAt }: Ended, rows: Rows): void {
    const { jobId, attempt, uid } = workload;
    const isOwn = rows.attempt(jobId, attempt)?.workload.uid === uid;
    const wasKept = endedAt < this.#faultsEndedAt && at - endedAt >= longestKeptMs;
    if (!isOwn || wasKept || this.#taken.has(jobId)) return;
    if (saved === 0) this.#found.add(`result: ${jobId}/${attempt} went at ${at} before its result was saved`);
    else if (told === 0) this.#found.add(`result: ${jobId}/${attempt} went at ${at} before its result was told`);
  }

  #result(at: number, { object }: ClusterChange): void {
    if (object.kind === 'Event') this.#event(at, object as unknown as EventObject);
    else if (object.metadata.name.endsWith('-results')) this.#map(at, object as unknown as MapObject);
  }

  #map(at: number, { metadata, data }: MapObject): void {
    const ended = this.#ended.get(metadata.labels[jobUidLabel] ?? '');
    if (!ended) {
      this.#found.add(`result: at ${at} one of a workload that has not ended was saved`);
      return;
    }
    const { jobId, attempt, end } = ended.workload;
    ended.saved += 1;
    if (ended.saved > 1) this.#found.add(`result: that of ${jobId}/${attempt} was saved again at ${at}`);
    const wanted = [jobId, String(attempt), end === 'Complete' ? 'completed' : 'failed'].join(' ');
    const written = [data['job-id'], data.attempt, data.status].join(' ');
    if (written !== wanted) this.#found.add(`result: at ${at} that of ${wanted} says ${written}`);
  }

  #event(at: number, { involvedObject }: EventObject): void {
    const ended = this.#ended.get(involvedObject.uid);
    if (!ended) {
      this.#found.add(`result: at ${at} one of a workload that has not ended was told`);
      return;
    }
    const { jobId, attempt } = ended.workload;
    ended.told += 1;
    if (ended.told > 1) this.#found.add(`result: that of ${jobId}/${attempt} was told again at ${at}`);
    if (ended.saved === 0) this.#found.add(`result: that of ${jobId}/${attempt} was told at ${at} before it was saved`);
  }
}
