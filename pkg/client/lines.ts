// Text that arrives in pieces, cut into lines, and the two formats that are made of lines: NDJSON and server-sent events.

/** Without their ends, `\n` or `\r\n`; a last line needs none. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  let rest = '';
  for await (const text of textOf(chunks)) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
  if (rest !== '') yield rest;
}

/** Characters that are cut by the end of a piece are put together again. */
export async function* textOf(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

/** Each as a line of NDJSON, written when the reader has room for it. */
export function ndjson(values: AsyncIterable<object> | Iterable<object>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = iterate(values);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
    },
    async cancel() {
      await iterator.return(undefined);
    },
  });
}

async function* iterate<T>(values: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T, undefined> {
  yield* values;
  return undefined;
}

export interface ServerSentEvent {
  /** `message` when the server names none. */
  event: string;
  data: string;
}

/**
 * `onId` is told every id, also one that comes without data; how long to wait before connecting again is the client's choice.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* serverSentEvents(
  lines: AsyncIterable<string>,
  onId: (id: string) => void,
): AsyncIterable<ServerSentEvent> {
  let event = '';
  let data: string[] = [];
  for await (const line of lines) {
    const { field, value } = fieldOf(line);
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id') onId(value);
    if (line !== '') continue;
    if (data.length > 0) yield { event: event || 'message', data: data.join('\n') };
    event = '';
    data = [];
  }
}

function fieldOf(line: string): { field: string; value: string } {
  const colon = line.indexOf(':');
  if (colon === -1) return { field: line, value: '' };
  return { field: line.slice(0, colon), value: line.slice(colon + 1).replace(/^ /, '') };
}
