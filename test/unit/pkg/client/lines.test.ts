import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf, ndjson, serverSentEvents, textOf } from '../../../../pkg/client/lines.ts';

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

/** Cut into pieces of so many bytes. */
async function* pieces(text: string, size: number): AsyncIterable<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

describe('lines', () => {
  it('are the same however the text is cut', async () => {
    const text = fc.stringMatching(/^[aü€🙂\r\n]{0,40}$/u);
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (content, size) => {
        const expected = content.split('\n');
        if (expected.at(-1) === '') expected.pop();
        const last = content.endsWith('\n') ? -1 : expected.length - 1;
        const lines = expected.map((line, index) => (index === last ? line : line.replace(/\r$/, '')));
        expect(await all(linesOf(pieces(content, size)))).toEqual(lines);
        expect((await all(textOf(pieces(content, size)))).join('')).toBe(content);
      }),
    );
  });
});

describe('server-sent events', () => {
  async function read(stream: string): Promise<{ events: unknown[]; ids: string[] }> {
    const ids: string[] = [];
    return { events: await all(serverSentEvents(linesOf(pieces(stream, 5)), (id) => ids.push(id))), ids };
  }

  it('have their name, their data and their id', async () => {
    expect(await read('id: 7\nevent: running\ndata: {"a":1}\n\n')).toEqual({
      events: [{ event: 'running', data: '{"a":1}' }],
      ids: ['7'],
    });
  });

  it('without a name are messages, and lines of data are put together', async () => {
    expect((await read('data: a\ndata:b\n\n')).events).toEqual([{ event: 'message', data: 'a\nb' }]);
  });

  it('leave out comments, and what is cut off by the end', async () => {
    expect((await read(': ping\n\nevent: running\n\ndata: x\n\ndata: cut')).events).toEqual([
      { event: 'message', data: 'x' },
    ]);
  });

  it('tell an id that comes without data', async () => {
    expect(await read('id: 9\n\n')).toEqual({ events: [], ids: ['9'] });
  });
});

describe('NDJSON', () => {
  it('takes the next value only when there is room for it', async () => {
    let taken = 0;
    const values = (function* () {
      for (;;) yield { value: ++taken };
    })();
    const reader = ndjson(values).getReader();
    await reader.read();
    await reader.read();
    expect(taken).toBeLessThanOrEqual(4);
    await reader.cancel();
  });
});
