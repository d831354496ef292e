// What the checker reports: the kind of defect and a sentence for people, with the name and id of the job it is about.
import type { JobFacts } from './facts.ts';

export const defects = [
  'lost',
  'forgotten',
  'doubled',
  'overlapping',
  'over_cap',
  'misordered',
  'leaked_slot',
  'extra',
  'untrue',
] as const;
export type Defect = (typeof defects)[number];

export interface Finding {
  defect: Defect;
  sentence: string;
}

export function nameOf({ name, jobId }: Pick<JobFacts, 'name' | 'jobId'>): string {
  return `${name} (${jobId})`;
}

/** Of a moment, for people: the time of day in UTC with milliseconds. */
export function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}
