// A watch's body as events: bytes into lines, lines into WatchEvents. Lines are split on bytes, so a character that
// falls on the border of two chunks stays whole; a line is bounded, since a broken server may never end one.
// A line that is not a watch event throws: what came after it can't be trusted, and the reader will list again.
import type { KubernetesObject, WatchEvent } from '../cluster.ts';
import { isEntry } from './kubeconfig-file.ts';

/** Above any object: etcd takes 1.5 MiB, and JSON may escape a byte in six. */
export const longestLineBytes = 16 * 1024 * 1024;
const newline = 0x0a;

export async function* watchEvents(
  body: AsyncIterable<Uint8Array>,
  lineLimit = longestLineBytes,
): AsyncGenerator<WatchEvent> {
  for await (const line of splitLines(body, lineLimit)) yield parseEvent(line);
}

export async function* splitLines(body: AsyncIterable<Uint8Array>, lineLimit: number): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const line = Buffer.concat([...rest, chunk.subarray(start, end)]);
      rest = [];
      restBytes = 0;
      start = end + 1;
      if (line.length > lineLimit) throw tooLong(lineLimit);
      if (line.length > 0) yield decoder.decode(line);
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
    restBytes += chunk.length - start;
    if (restBytes > lineLimit) throw tooLong(lineLimit);
  }
  if (restBytes > 0) throw new Error('the watch ended in the middle of a line');
}

function tooLong(lineLimit: number): Error {
  return new Error(`a line of the watch is longer than ${lineLimit} bytes`);
}

function parseEvent(line: string): WatchEvent {
  const event = parseLine(line);
  if (!isEntry(event) || !isEntry(event.object)) throw malformed();
  const { type, object } = event;
  if (type === 'ERROR') return errorEvent(object);
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED' && type !== 'BOOKMARK') throw malformed();
  return { type, object: object as unknown as KubernetesObject };
}

/** JSON.parse's own error would quote the line. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw malformed();
  }
}

function malformed(): Error {
  return new Error('a line of the watch is not a watch event');
}

export function errorEvent(status: Record<string, unknown>): WatchEvent {
  const tooOld = status.reason === 'Expired' || status.reason === 'Gone';
  const code = typeof status.code === 'number' ? status.code : tooOld ? 410 : 500;
  const message = typeof status.message === 'string' ? status.message : String(status.reason ?? 'unknown error');
  return { type: 'ERROR', code, message };
}
