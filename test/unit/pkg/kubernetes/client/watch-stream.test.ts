import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { watchEvents } from '../../../../../pkg/kubernetes/client/watch-stream.ts';
import type { WatchEvent } from '../../../../../pkg/kubernetes/cluster.ts';

async function* inChunks(bytes: Uint8Array, sizes: number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (let turn = 0; start < bytes.length; turn += 1) {
    const end = start + (sizes[turn % sizes.length] ?? 1);
    yield bytes.subarray(start, end);
    start = end;
  }
}

async function read(text: string | Uint8Array, sizes = [1_000_000], limit?: number): Promise<WatchEvent[]> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const events: WatchEvent[] = [];
  for await (const event of watchEvents(inChunks(bytes, sizes), limit)) events.push(event);
  return events;
}

const added = (name: string) => ({ type: 'ADDED', object: { kind: 'Pod', apiVersion: 'v1', metadata: { name } } });
const lines = (...events: unknown[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('');

describe('the body of a watch', () => {
  it('is the same events wherever it is cut into chunks, also within a character', async () => {
    const events = [added('a'), added('zażółć 🐍'), added('c')];
    const property = fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), async (sizes) => {
      expect(await read(lines(...events), sizes)).toEqual(events);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it('may have empty lines', async () => {
    expect(await read(`\n${lines(added('a'))}\n`)).toEqual([added('a')]);
  });

  it('may end without any event', async () => {
    expect(await read('')).toEqual([]);
  });

  it.each([
    ['with its code', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' }, 410, 'too old'],
    ['with a reason only', { kind: 'Status', reason: 'Expired' }, 410, 'Expired'],
    ['of any other kind', { kind: 'Status', code: 504, message: 'etcd' }, 504, 'etcd'],
    ['that says nothing', {}, 500, 'unknown error'],
  ])('carries a Status %s as an error event', async (_title, object, code, message) => {
    expect(await read(lines({ type: 'ERROR', object }))).toEqual([{ type: 'ERROR', code, message }]);
  });

  it.each([
    ['a line that is not JSON', 'secret-token\n'],
    ['a line that is not an event', '{"secret-token":1}\n'],
    ['an event of an unknown type', lines({ type: 'SECRET', object: {} })],
    ['an event without an object', lines({ type: 'ADDED' })],
    ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0x22, 0x0a])],
    ['an end in the middle of a line', '{"type":"ADDED"'],
  ])('throws at %s, and does not quote it', async (_title, text) => {
    const error = await read(text).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(String(error).toLowerCase()).not.toContain('secret');
  });

  it('gives what came before a broken line', async () => {
    const bytes = new TextEncoder().encode(`${lines(added('a'))}broken\n`);
    const stream = watchEvents(inChunks(bytes, [7]));
    expect((await stream.next()).value).toEqual(added('a'));
    await expect(stream.next()).rejects.toThrow('not a watch event');
  });

  it.each([
    ['that never ends', 'x'.repeat(1_000)],
    ['that ends', `${'x'.repeat(1_000)}\n`],
  ])('throws at a line %s and is longer than allowed', async (_title, text) => {
    await expect(read(text, [64], 100)).rejects.toThrow('longer than 100 bytes');
  });
});
