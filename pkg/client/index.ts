// The client library: createClient, what it answers, the errors it throws, and the types and names of JobSets.
export * from '../models/jobset.ts';
export * from './client.ts';
export type * from './documents.ts';
export { Problem, ServerUnreachable } from './errors.ts';
export type { EventsOptions, StreamedEvent } from './events.ts';
export type { Page, PageOptions } from './pages.ts';
export type { Retrying } from './retry.ts';
export type { StreamedWorkload, WorkloadEventsOptions } from './workload-events.ts';
