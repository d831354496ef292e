// What is kept of a log: the lines as they were printed, head and tail within the limit, and a sentence for what cannot be had.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeptLog } from '../../../../../internal/controllers/results/kept-log.ts';
import { LogRoom } from '../../../../../internal/controllers/results/log-room.ts';
import { PlainLines } from '../../../../../internal/controllers/results/plain-lines.ts';
import { readLog } from '../../../../../internal/controllers/results/read-log.ts';
import type { ApiResult } from '../../../../../pkg/kubernetes/cluster.ts';
import { virtualClock } from '../../../../support/virtual-clock.ts';

const target = { namespace: 'n', pod: 'p', container: 'c' };
const stamp = '2030-01-01T00:00:00.123456789Z ';
const textOf = (log: KeptLog): string => Buffer.concat(log.pieces(({ missing }) => `(${missing})`)).toString('latin1');

describe('a kept log', () => {
  it('is the log when it fits, else its head and its tail, however it comes', () => {
    const log = fc.uint8Array({ maxLength: 400 });
    fc.assert(
      fc.property(fc.array(log, { maxLength: 12 }), fc.integer({ min: 2, max: 600 }), (chunks, limit) => {
        const kept = new KeptLog(new LogRoom(limit));
        for (const chunk of chunks) kept.write(Buffer.from(chunk));
        const whole = Buffer.concat(chunks);
        const sha256 = createHash('sha256').update(whole).digest('hex');
        const missing = Math.max(0, whole.length - limit);
        expect(kept.summary()).toEqual({ bytes: whole.length, missing, sha256 });
        const head = whole.subarray(0, Math.ceil(limit / 2));
        const tail = whole.subarray(whole.length - Math.floor(limit / 2));
        const parts = [head, Buffer.from(`\n(${missing})\n`), tail];
        expect(textOf(kept)).toBe((missing === 0 ? whole : Buffer.concat(parts)).toString('latin1'));
      }),
    );
  });

  it('longer than a block of its ring keeps the same bytes', () => {
    const kept = new KeptLog(new LogRoom(400_000));
    const whole = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 7) % 251));
    for (let at = 0; at < whole.length; at += 77_777) kept.write(whole.subarray(at, at + 77_777));
    const parts = [whole.subarray(0, 200_000), Buffer.from('\n(600000)\n'), whole.subarray(800_000)];
    expect(Buffer.concat(kept.pieces(({ missing }) => `(${missing})`)).equals(Buffer.concat(parts))).toBe(true);
  });
});

describe('logs that share their room', () => {
  it('are whole when they fit, however uneven they are and whichever comes first', () => {
    const room = new LogRoom(100_000);
    const logs = [new KeptLog(room), new KeptLog(room), new KeptLog(room)];
    logs[0]?.write(Buffer.alloc(99_990, 'a'));
    logs[1]?.write(Buffer.from('b\n'));
    logs[2]?.write(Buffer.from('longer\n'));
    expect(logs.map((log) => log.summary().missing)).toEqual([0, 0, 0]);
  });

  it('give way from the longest down, and keep their heads and tails', () => {
    const log = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), log), { maxLength: 30 }),
        fc.integer({ min: 8, max: 900 }),
        (chunks, limit) => {
          const room = new LogRoom(limit);
          const logs = Array.from({ length: 4 }, () => ({ kept: new KeptLog(room), whole: Buffer.alloc(0) }));
          for (const [index, chunk] of chunks) {
            const into = logs[index] as (typeof logs)[number];
            into.kept.write(Buffer.from(chunk));
            into.whole = Buffer.concat([into.whole, chunk]);
            if (index === 3) into.kept.end();
          }
          const total = logs.reduce((sum, { kept }) => sum + kept.kept, 0);
          const whole = logs.reduce((sum, each) => sum + each.whole.length, 0);
          expect(total).toBeLessThanOrEqual(limit);
          expect(total).toBeGreaterThan(Math.min(whole, limit) - 4);
          const cut = logs.filter(({ kept }) => kept.summary().missing > 0).map(({ kept }) => kept.kept);
          for (const { kept } of logs) expect(kept.kept).toBeLessThanOrEqual(Math.min(...cut, limit) + 4);
          for (const { kept, whole: all } of logs) {
            const { missing } = kept.summary();
            const [head = '', tail = ''] = textOf(kept).split(`\n(${missing})\n`);
            expect(`${head}${tail}`).toHaveLength(all.length - missing);
            expect(all.toString('latin1').startsWith(head) && all.toString('latin1').endsWith(tail)).toBe(true);
            if (missing > 0) expect(Math.abs(head.length - tail.length)).toBeLessThanOrEqual(8);
          }
        },
      ),
    );
  });
});

describe('the lines of a container', () => {
  it('come without their times, cut anywhere', () => {
    const line = fc.string({ unit: fc.constantFrom('a', ' ', '2', '\r', '\u0000', 'T', '-', '\u00ff') });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), (lines, size) => {
        const sent = Buffer.from(lines.map((text) => `${stamp}${text}\n`).join(''), 'latin1');
        const plain = new PlainLines();
        const pieces: string[] = [];
        for (let at = 0; at < sent.length; at += size) {
          pieces.push(plain.next(sent.subarray(at, at + size)).toString('latin1'));
        }
        pieces.push(plain.end().toString('latin1'));
        expect(pieces.join('')).toBe(lines.map((text) => `${text}\n`).join(''));
      }),
    );
  });

  it.each([
    ['2 apples\n', '2 apples\n'],
    ['no time here\n', 'no time here\n'],
    ['12345678901234567890123456789012345678901234567890\n', '12345678901234567890123456789012345678901234567890\n'],
    ['2030', '2030'],
    ['', ''],
  ])('stay as they are when they begin with no time: %j', (sent, shown) => {
    const plain = new PlainLines();
    expect(plain.next(Buffer.from(sent)).toString() + plain.end().toString()).toBe(shown);
  });
});

describe('reading a log', () => {
  const read = async (answer: ApiResult<AsyncIterable<Uint8Array>> | Promise<never>, advanceMs = 0) => {
    const clock = virtualClock();
    const kept = new KeptLog(new LogRoom(1_000));
    const { signal } = new AbortController();
    const reading = readLog({ source: { log: async () => answer }, clock }, target, kept, { timeoutMs: 5_000, signal });
    await clock.advance(advanceMs);
    return { problem: await reading, text: textOf(kept) };
  };
  const ok = (value: AsyncIterable<Uint8Array>) => ({ outcome: 'ok', value }) as const;

  it('ends with its end', async () => {
    expect(await read(ok(stream(`${stamp}one\n${stamp}two`)))).toEqual({ problem: undefined, text: 'one\ntwo' });
  });

  it('keeps what came before it broke off, and says why', async () => {
    const broken = ok(stream(`${stamp}one\n`, new Error('the connection was reset')));
    expect(await read(broken)).toEqual({ problem: 'the connection was reset', text: 'one\n' });
  });

  it('says why it was refused', async () => {
    const refused = { outcome: 'refused', status: 404, reason: 'NotFound', message: 'pods "p" not found' } as const;
    expect(await read(refused)).toEqual({ problem: 'pods "p" not found', text: '' });
  });

  it('gives up on a log endpoint that never answers, and on a log that never ends', async () => {
    const problem = 'no end of it within 5 s';
    expect(await read(new Promise<never>(() => {}), 6_000)).toEqual({ problem, text: '' });
    expect(await read(ok(stream(`${stamp}one\n`, 'hangs')), 6_000)).toEqual({ problem, text: 'one\n' });
  });
});

async function* stream(text: string, end?: Error | 'hangs'): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
  if (end === 'hangs') await new Promise(() => {});
  if (end instanceof Error) throw end;
}
