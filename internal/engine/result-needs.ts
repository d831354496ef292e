// What saving results has to know of the queue: which jobs want one, and how long the workload of an attempt must stay for
// the queue. Read from the rows; a store that cannot be read is asked again a moment later.
import type { Attempt } from '../../pkg/models/index.ts';
import { lateCreateMs } from '../core/policies/late-create.ts';
import type { Clock } from '../platform/clock.ts';
import { type Store, whenReadable } from '../store/store.ts';

type Readable = Pick<Store, 'reader'>;

/** The queue is asked again this often whether it has recorded the end of a job. */
const recordedAgainMs = 1_000;

/** Until it is written down how the attempt ended, and until no lost create could make its workload again; 0: it may go. */
export function untilDeletion(
  { store, clock, startedAt }: { store: Readable; clock: Clock; startedAt: number },
  jobId: string,
  number: number,
): number {
  const attempt = whenReadable<Attempt | 'unreadable' | undefined>(
    () => store.reader.attempt(jobId, number),
    'unreadable',
  );
  if (attempt === undefined) return 0;
  if (attempt === 'unreadable') return recordedAgainMs;
  const { finishedAt, unknownAt } = attempt;
  if (finishedAt === undefined) return recordedAgainMs;
  // The wall clock may have been set between two starts.
  const landed = finishedAt < startedAt ? startedAt + lateCreateMs : (unknownAt ?? 0) + lateCreateMs;
  return unknownAt === undefined ? 0 : Math.max(0, landed - clock.now());
}

/** `unreadable` is neither yes nor no: whoever asks has to ask again. */
export function wantsResult({ reader }: Readable, jobId: string): boolean | 'unreadable' {
  return whenReadable<boolean | 'unreadable'>(() => reader.jobs([jobId])[0]?.rules?.results === true, 'unreadable');
}
