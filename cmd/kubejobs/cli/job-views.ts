// How jobs, lines of the queue, answers to a submission and events are shown in tables.
import type { EventDocument, JobDocument, QueueEntryDocument, SubmittedDocument } from '../../../pkg/client/index.ts';
import type { View } from './output.ts';
import { span } from './table.ts';

/** `now` in milliseconds, for ages. */
export function jobView(now: () => number): View<JobDocument> {
  const since = (from: string, until?: string): string =>
    span((until === undefined ? now() : Date.parse(until)) - Date.parse(from));
  return {
    noun: 'jobs',
    name: ({ job_id }) => job_id,
    columns: [
      { heading: 'JOB-ID', cell: (job) => job.job_id },
      { heading: 'NAME', cell: (job) => job.name },
      { heading: 'STATE', cell: (job) => job.state },
      { heading: 'REASON', cell: (job) => job.reason },
      { heading: 'PRIORITY', cell: (job) => job.priority },
      { heading: 'ATTEMPT', cell: (job) => job.attempt },
      { heading: 'EXIT', cell: (job) => job.exit_code },
      { heading: 'AGE', cell: (job) => since(job.created_at) },
    ],
    wide: [
      { heading: 'QUEUE', cell: (job) => job.queue },
      { heading: 'POSITION', cell: (job) => job.queue_position },
      { heading: 'NAMESPACE', cell: (job) => job.namespace ?? job.workload?.namespace },
      { heading: 'RAN', cell: (job) => job.started_at && since(job.started_at, job.finished_at) },
      { heading: 'MESSAGE', cell: (job) => job.message },
    ],
  };
}

export const queueView: View<QueueEntryDocument> = {
  noun: 'jobs',
  name: ({ job_id }) => job_id,
  columns: [
    { heading: 'JOB-ID', cell: (entry) => entry.job_id },
    { heading: 'NAME', cell: (entry) => entry.name },
    { heading: 'PRIORITY', cell: (entry) => entry.priority },
  ],
  wide: [],
};

export const submittedView: View<SubmittedDocument> = {
  noun: 'jobs',
  name: ({ job_id }) => job_id,
  columns: [
    { heading: 'JOB-ID', cell: (job) => job.job_id },
    { heading: 'NAME', cell: (job) => job.name },
    { heading: 'POSITION', cell: (job) => job.queue_position },
  ],
  wide: [],
};

export interface EventLine extends EventDocument {
  /** What --after takes. */
  id: string;
}

export const eventView: View<EventLine> = {
  noun: 'events',
  name: ({ job_id }) => job_id,
  columns: [
    { heading: 'AT', cell: (event) => event.at },
    { heading: 'JOB-ID', cell: (event) => event.job_id },
    { heading: 'STATE', cell: (event) => event.state },
    { heading: 'REASON', cell: (event) => event.reason },
    { heading: 'ATTEMPT', cell: (event) => event.attempt },
    { heading: 'MESSAGE', cell: (event) => event.message },
  ],
  wide: [
    { heading: 'QUEUE', cell: (event) => event.queue },
    { heading: 'ID', cell: (event) => event.id },
  ],
};
export const eventWidths = [24, 36, 9, 18, 7, 8];
