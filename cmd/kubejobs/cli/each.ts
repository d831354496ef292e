// The same call for several ids: what the server refuses is told for each, and the others go on.
import { Problem } from '../../../pkg/client/index.ts';
import { problemLines } from './explain.ts';
import { type Io, note } from './io.ts';

export interface EachDone<T> {
  done: T[];
  failed: number;
}

/** In order; an unreachable server ends it. */
export async function forEach<T>(
  io: Io,
  ids: readonly string[],
  call: (id: string) => Promise<T>,
): Promise<EachDone<T>> {
  const done: T[] = [];
  for (const id of ids) {
    const answer = await call(id).catch((error: unknown) => refusal(io, id, error));
    if (answer !== undefined) done.push(answer);
  }
  return { done, failed: ids.length - done.length };
}

function refusal(io: Io, id: string, error: unknown): undefined {
  if (!(error instanceof Problem)) throw error;
  const [first = '', ...more] = problemLines(error, undefined, [id]);
  const which = first.includes(id) ? '' : `${id}: `;
  for (const line of [`kubejobs: ${which}${first}`, ...more]) note(io, line);
}
