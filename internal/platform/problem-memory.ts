// What the log warned of, remembered for whoever asks later: one entry for each message, the newest of its kind with how
// often it came, so that a thousand jobs that fail do not push out the one line that explains them. Bounded in messages and
// in bytes. What may hold a secret is taken out before it is kept.
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

export interface RememberedProblem {
  level: 'warn' | 'error';
  message: string;
  count: number;
  firstAt: number;
  lastAt: number;
  /** Of the last time, as texts. */
  fields: Record<string, string>;
}

export interface ProblemMemory {
  /** Logs as before, and remembers. */
  logger: Logger;
  /** The newest first. */
  problems(): RememberedProblem[];
}

const mostMessages = 100;
const longestField = 500;

export function problemMemory(logger: Logger, clock: Pick<Clock, 'now'>): ProblemMemory {
  const known = new Map<string, RememberedProblem>();
  const remember = (level: RememberedProblem['level'], fields: object, message: string): void => {
    const key = `${level} ${message}`;
    const before = known.get(key);
    const now = clock.now();
    known.delete(key);
    known.set(key, {
      ...{ level, message, count: (before?.count ?? 0) + 1, firstAt: before?.firstAt ?? now, lastAt: now },
      fields: withoutSecrets(fields),
    });
    const [oldest] = known.keys();
    if (known.size > mostMessages && oldest !== undefined) known.delete(oldest);
  };
  return {
    logger: {
      debug: (fields, message) => logger.debug(fields, message),
      info: (fields, message) => logger.info(fields, message),
      warn(fields, message) {
        logger.warn(fields, message);
        remember('warn', fields, message);
      },
      error(fields, message) {
        logger.error(fields, message);
        remember('error', fields, message);
      },
    },
    problems: () => [...known.values()].reverse(),
  };
}

function withoutSecrets(fields: object): Record<string, string> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, redacted(asText(value)).slice(0, longestField)]));
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value) ?? String(value);
}

/** URLs lose their user and query, what follows `Bearer`, `Basic` or a word such as `token=` is hidden. */
export function redacted(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1')
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/[^\s?#"']*)[?#][^\s"']*/gi, '$1')
    .replace(/\b(bearer|basic)\s+[^\s"',;]+/gi, '$1 ***')
    .replace(
      /\b([\w-]*(?:token|secret|password|passwd|api[-_]?key|authorization)[\w-]*["']?\s*[=:]\s*["']?)[^\s"',;]+/gi,
      '$1***',
    );
}
