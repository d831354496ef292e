// Everything that a store holds, as one value to compare: each job with its history and attempts, what the core would be
// rebuilt from, and the counts. Job ids are those of the session, given by their number.
import type { Snapshot, StoreReader } from '../../../../internal/store/store.ts';
import type { JobDetail } from '../../../../pkg/models/index.ts';
import { idOf } from '../../../support/store-builders.ts';

export interface Contents {
  jobs: JobDetail[];
  pending: Array<[id: string, priority: number, sequence: number]>;
  running: Snapshot['running'];
  counts: Snapshot['counts'];
  last: [sequence: number, dispatchSequence: number];
}

export function contentsOf(reader: StoreReader, snapshot: Snapshot): Contents {
  const { pending, running, counts, lastSequence, lastDispatchSequence } = snapshot;
  const jobs = Array.from({ length: lastSequence }, (_, index) => reader.job(idOf(index + 1)));
  return {
    jobs: jobs.filter((job) => job !== undefined),
    pending: Array.from({ length: pending.count }, (_, index) => [
      Buffer.from(pending.ids.subarray(index * 16, index * 16 + 16)).toString('hex'),
      pending.priorities[index] as number,
      pending.sequences[index] as number,
    ]),
    running,
    counts,
    last: [lastSequence, lastDispatchSequence],
  };
}
