// The nouns of kubejobs: plain data that every other part speaks.
export * from './errors.ts';
export * from './job.ts';
export * from './jobset.ts';
export * from './manifest.ts';
export * from './podgroup.ts';
export * from './roles.ts';
export * from './schedule.ts';
export * from './states.ts';
export * from './webhook.ts';
