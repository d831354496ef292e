// The client’s mistakes as lines and an exit code, in the words of the command line: a field that came from a flag is
// called by that flag, and a name in the place of an id gets a hint.
import { Problem, ServerUnreachable } from '../../../pkg/client/index.ts';
import type { FieldError } from '../../../pkg/models/index.ts';
import { exitFailed, exitUnreachable } from './exit-codes.ts';
import { oneLine } from './io.ts';

/** What a field of the body is called on the command line, by its JSON pointer; undefined when no flag gave it. */
export type FlagOf = (pointer: string) => string | undefined;

/** A refusal of the server, told in lines. */
export class Refused extends Error {
  readonly lines: string[];

  constructor(lines: string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

const serverHint =
  'kubejobs serve starts one here; --server, KUBEJOBS_SERVER or a context (kubejobs config) names another';
const tokenHint = 'give a token by --token-file, KUBEJOBS_TOKEN or a context (kubejobs config set-context)';

/** Undefined for an error that is not the client’s. */
export function explainClientError(error: unknown): { lines: string[]; code: number } | undefined {
  if (error instanceof ServerUnreachable) {
    return { lines: [oneLine(error.message), `  ${serverHint}`], code: exitUnreachable };
  }
  if (error instanceof Refused) return { lines: error.lines, code: exitFailed };
  if (error instanceof Problem) return { lines: problemLines(error), code: exitFailed };
  return undefined;
}

type Told = Pick<Problem, 'message' | 'errors'> & { code?: string };

/** The detail names the first bad field; the others follow, a line each. `ids`: what stood in the place of ids. */
export function problemLines(problem: Told, flagOf: FlagOf = () => undefined, ids: readonly string[] = []): string[] {
  const mistakes = problem.errors.map((error) => ({
    line: `${placeOf(error, flagOf)} ${error.detail}`.trim(),
    ...error,
  }));
  const lines = new Set(mistakes.map(({ line }) => line));
  const message = withoutRepeated(inFlags(problem, flagOf), mistakes.length - lines.size);
  const isPlaced = [...lines].some((line) => message.includes(line));
  const more = mistakes
    .filter(({ line, detail }) => !message.includes(line) && (isPlaced || !message.includes(detail)))
    .map(({ line }) => line);
  return [
    message,
    ...[...new Set([...more, ...idHint(problem, ids), ...(problem.code === 'unauthenticated' ? [tokenHint] : [])])].map(
      (line) => `  ${line}`,
    ),
  ].map(oneLine);
}

/** Parameters that have a flag of their name. */
const parameterFlags = ['attempt', 'container', 'idempotency-key', 'label', 'limit', 'name', 'queue', 'state', 'tail'];

function placeOf({ pointer, parameter }: FieldError, flagOf: FlagOf): string {
  if (pointer !== undefined) return flagOf(pointer) ?? pointer;
  return parameter !== undefined && parameterFlags.includes(parameter) ? `--${parameter}` : (parameter ?? '');
}

/** The message with each flag in the place of what stands for it. */
function inFlags({ message, errors }: Told, flagOf: FlagOf): string {
  let text = message;
  for (const error of errors) {
    const place = placeOf(error, flagOf);
    const { pointer, parameter, detail } = error;
    // Not by a text, whose `$` would have a meaning.
    if (place !== '') text = text.replace(`${pointer ?? parameter} ${detail}`, () => `${place} ${detail}`);
  }
  return text;
}

/** One flag may stand for several fields, whose mistakes are then one. */
function withoutRepeated(message: string, repeated: number): string {
  return message.replace(/ \(and (\d+) more\)$/, (_all, count: string) => {
    const left = Number(count) - repeated;
    return left > 0 ? ` (and ${left} more)` : '';
  });
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function idHint({ code, message }: Told, ids: readonly string[]): string[] {
  if (code !== 'job_not_found') return [];
  const name = ids.find((id) => !uuid.test(id) && message.includes(id));
  return name === undefined ? [] : [`ids are UUIDs; kubejobs list --name ${name} finds it`];
}
