// The client’s mistakes as one line each and an exit code.
import { Problem, ServerUnreachable } from '../../../pkg/client/index.ts';
import { exitFailed, exitUnreachable } from './exit-codes.ts';
import { oneLine } from './io.ts';

/** Undefined for an error that is not the client’s. */
export function explainClientError(error: unknown): { lines: string[]; code: number } | undefined {
  if (error instanceof ServerUnreachable) return { lines: [oneLine(error.message)], code: exitUnreachable };
  if (error instanceof Problem) return { lines: problemLines(error), code: exitFailed };
  return undefined;
}

/** The detail names the first bad field; the others follow, a line each. */
export function problemLines({ message, errors }: Pick<Problem, 'message' | 'errors'>): string[] {
  const lines = errors.map(({ pointer, parameter, detail }) => `${pointer ?? parameter ?? ''} ${detail}`.trim());
  const more = lines.filter((line) => !message.includes(line));
  return [message, ...more.map((line) => `  ${line}`)].map(oneLine);
}
