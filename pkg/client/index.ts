// The client library: createClient, what it answers, and the errors it throws.
export * from './client.ts';
export type * from './documents.ts';
export { Problem, ServerUnreachable } from './errors.ts';
