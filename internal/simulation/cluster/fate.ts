// What becomes of a simulated workload: how long it runs and with which exit code it ends.
// Annotations on the workload decide, then those on its pod template, then the cluster's own duration and success;
// an annotation that makes no sense is ignored, because a real cluster would not look at it either.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { simulateDurationAnnotation, simulateExitCodeAnnotation } from '../../../pkg/kubernetes/labels.ts';
import type { PodTemplate } from './job-spec.ts';

export interface Fate {
  durationMs: number;
  exitCode: number;
}

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
type Unit = keyof typeof unitMs;

export function fateOf(workload: KubernetesObject, template: PodTemplate, defaultDurationMs: number): Fate {
  const annotations = { ...template.metadata?.annotations, ...workload.metadata.annotations };
  return {
    durationMs: parseDuration(annotations[simulateDurationAnnotation]) ?? defaultDurationMs,
    exitCode: parseExitCode(annotations[simulateExitCodeAnnotation]) ?? 0,
  };
}

/** `500ms`, `3s`, `1.5m`, `1h30m`; `undefined` for anything else. */
export function parseDuration(text: string | undefined): number | undefined {
  if (text === undefined || !/^(\d{1,9}(\.\d{1,9})?(ms|s|m|h))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|s|m|h)/g)) totalMs += Number(amount) * unitMs[unit as Unit];
  return totalMs;
}

function parseExitCode(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,3}$/.test(text)) return undefined;
  const code = Number(text);
  return code <= 255 ? code : undefined;
}
