// A logger and metrics that remember what they were told.
import type { Logger } from '../../internal/platform/logger.ts';
import type { MetricName, Metrics } from '../../internal/platform/metrics.ts';

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error';
  fields: object;
  message: string;
}

export function recordingLogger(): Logger & { lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (fields: object, message: string) => {
    lines.push({ level, fields, message });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export interface Measurement {
  name: MetricName;
  value: number;
  labels: Record<string, string>;
}

export function recordingMetrics(): Metrics & { measured: Measurement[] } {
  const measured: Measurement[] = [];
  return {
    measured,
    count: (name, labels = {}, by = 1) => measured.push({ name, value: by, labels }),
    set: (name, value, labels = {}) => measured.push({ name, value, labels }),
    observe: (name, value, labels = {}) => measured.push({ name, value, labels }),
  };
}
