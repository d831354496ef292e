// Which attempt of its JobSet a Job or a Pod is of: the label that says it is anybody's to write. Pure.
import { jobSetLabels } from '../../../pkg/models/index.ts';

/** How often the JobSet had been restarted when it was made; undefined when the label is gone or is no number. */
export function restartAttemptOf(labels: Readonly<Record<string, unknown>>): number | undefined {
  const label = labels[jobSetLabels.restartAttempt];
  return typeof label === 'string' && /^\d{1,9}$/.test(label) ? Number(label) : undefined;
}
