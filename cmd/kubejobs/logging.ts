// The program's log: one JSON line per event on stderr, so that stdout stays for people and pipes. What a terminal would
// obey is escaped: JSON does that for the ASCII control characters only, and a line may repeat what somebody has sent.
import { pino } from 'pino';
import type { Logger } from '../../internal/platform/logger.ts';

export function programLogger(level: string): Logger {
  const destination = pino.destination({ dest: 2, sync: true });
  const hooks = { streamWrite: withoutControls };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, hooks }, destination);
}

/** DEL, the C1 controls (one is a CSI), line separators, and what turns the direction of text around. */
const controls = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** All of these can only stand inside a string of the line, where an escape means the same. */
function withoutControls(line: string): string {
  return line.replace(controls, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
