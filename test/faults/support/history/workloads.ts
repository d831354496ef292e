// The life of each workload, put together from the watch: where in the order of events it began, ended and vanished.
import type { WorkloadEvent } from './history.ts';

export interface WorkloadLife {
  uid: string;
  name: string;
  jobId?: string;
  attempt?: number;
  /** Index of the first event. */
  begins: number;
  /** Index of the event by which it holds no place any more: finished, or gone. */
  ends?: number;
  endedAt?: number;
  end?: 'Complete' | 'Failed';
  gone: boolean;
}

export function livesOf(events: readonly WorkloadEvent[]): WorkloadLife[] {
  const lives = new Map<string, WorkloadLife>();
  for (const [index, event] of events.entries()) {
    const life = lives.get(event.uid) ?? begin(event, index);
    lives.set(event.uid, life);
    goOn(life, event, index);
  }
  return [...lives.values()];
}

function begin({ uid, name, jobId, attempt }: WorkloadEvent, index: number): WorkloadLife {
  return {
    ...{ uid, name, begins: index, gone: false },
    ...(jobId !== undefined && { jobId }),
    ...(attempt !== undefined && { attempt }),
  };
}

function goOn(life: WorkloadLife, event: WorkloadEvent, index: number): void {
  if (event.end !== undefined) life.end ??= event.end;
  if (event.type === 'DELETED') life.gone = true;
  if (life.ends !== undefined || (life.end === undefined && !life.gone)) return;
  life.ends = index;
  life.endedAt = event.at;
}

/** Whether both were unfinished at some moment. */
export function overlap(a: WorkloadLife, b: WorkloadLife): boolean {
  const [first, second] = a.begins < b.begins ? [a, b] : [b, a];
  return second.begins < (first.ends ?? Number.POSITIVE_INFINITY);
}
