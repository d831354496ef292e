// What the doctor finds: one line for each check, with what to do where something is wrong.

export const statuses = ['ok', 'warn', 'fail'] as const;
export type Status = (typeof statuses)[number];

export interface Check {
  /** What was looked at, such as `store`. */
  check: string;
  status: Status;
  /** What was found, in one sentence. */
  message: string;
  /** What to do about it; absent when all is well. */
  advice?: string;
}

export function ok(check: string, message: string): Check {
  return { check, status: 'ok', message };
}

export function warn(check: string, message: string, advice: string): Check {
  return { check, status: 'warn', message, advice };
}

export function fail(check: string, message: string, advice: string): Check {
  return { check, status: 'fail', message, advice };
}

/** The worst of them; `ok` for none. */
export function worstOf(checks: readonly Check[]): Status {
  const worst = Math.max(0, ...checks.map(({ status }) => statuses.indexOf(status)));
  return statuses[worst] as Status;
}
