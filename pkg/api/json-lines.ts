// Newline-delimited JSON as it arrives: the lines of each chunk that is read, so that no more than one chunk and one
// unfinished line are ever held. A line that is too long is passed over, and told as such.
import type { FastifyInstance, FastifyRequest } from 'fastify';

export const jsonLinesType = 'application/x-ndjson';

/** `undefined`: the line was too long. */
export interface Line {
  /** From 1 on; empty lines count, but are left out. */
  number: number;
  bytes: Buffer | undefined;
}

/** Whether the request's body is read line by line, for as long as it takes, and not as a whole. */
export function hasJsonLines({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return /^application\/x-ndjson\s*(?:;|$)/i.test(headers['content-type'] ?? '');
}

/** For the routes of one plugin: hands the body over as the stream that it is. */
export function takeJsonLines(app: FastifyInstance): void {
  app.addContentTypeParser(jsonLinesType, (_request, payload, done) => done(null, payload));
}

export async function* linesOf(chunks: AsyncIterable<Buffer>, longest: number): AsyncGenerator<Line[]> {
  let number = 0;
  let begun: Buffer[] = [];
  let length = 0;
  const end = (): Line | undefined => {
    number += 1;
    const bytes = length > longest ? undefined : withoutReturn(Buffer.concat(begun, length));
    begun = [];
    length = 0;
    return bytes?.length === 0 ? undefined : { number, bytes };
  };
  const add = (part: Buffer): void => {
    length += part.length;
    if (length > longest) begun = [];
    else begun.push(part);
  };
  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let from = 0;
    for (let to = chunk.indexOf(newline); to >= 0; to = chunk.indexOf(newline, from)) {
      add(chunk.subarray(from, to));
      const line = end();
      if (line) lines.push(line);
      from = to + 1;
    }
    if (from < chunk.length) add(chunk.subarray(from));
    if (lines.length > 0) yield lines;
  }
  const last = length > 0 ? end() : undefined;
  if (last) yield [last];
}

const newline = 0x0a;
const carriageReturn = 0x0d;

function withoutReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
}
