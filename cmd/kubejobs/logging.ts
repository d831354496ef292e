// The program's log: one JSON line per event on stderr, so that stdout stays for people and pipes.
import { pino } from 'pino';
import type { Logger } from '../../internal/platform/logger.ts';

export function programLogger(level: string): Logger {
  const destination = pino.destination({ dest: 2, sync: true });
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
