import { expect, test } from 'vitest';
import { longestLineBytes, type TimedLine, timedLines } from '../../../../internal/logs/timed-lines.ts';

async function linesOf(...chunks: Array<string | Buffer>): Promise<TimedLine[]> {
  async function* source(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const lines: TimedLine[] = [];
  for await (const line of timedLines(source())) lines.push(line);
  return lines;
}

const texts = (lines: TimedLine[]): string[] => lines.map(({ bytes }) => bytes.toString());

test('lines come without their times, however they are cut', async () => {
  const lines = await linesOf(
    '2030-01-01T00:00:00.5Z one\n2030-01-01T00:',
    '00:01Z two words\n',
    '2030-01-01T00:00:02Z ',
  );
  expect(texts(lines)).toEqual(['one', 'two words', '']);
  expect(lines.map(({ stamp }) => stamp)).toEqual([
    '2030-01-01T00:00:00.5Z',
    '2030-01-01T00:00:01Z',
    '2030-01-01T00:00:02Z',
  ]);
});

test('times can be compared, whatever their decimals and zones', async () => {
  const stamps = ['00:00:00.05Z', '00:00:00.050000001Z', '00:00:00.1Z', '01:00:01+01:00', '00:00:01.000000001Z'];
  const lines = await linesOf(...stamps.map((stamp) => `2030-01-01T${stamp} x\n`));
  const times = lines.map(({ time }) => time);
  expect(times).toEqual([...times].sort());
  expect(new Set(times).size).toBe(5);
});

test('a line without a time is passed on as it is', async () => {
  const lines = await linesOf('unable to retrieve container logs\n', 'x\n');
  expect(texts(lines)).toEqual(['unable to retrieve container logs', 'x']);
  expect(lines[0]?.time).toBe('');
});

test('bytes that are no text stay as they are', async () => {
  const bytes = Buffer.from([0xff, 0x00, 0x1b, 0xc3]);
  const [line] = await linesOf(Buffer.concat([Buffer.from('2030-01-01T00:00:00Z '), bytes, Buffer.from('\n')]));
  expect(line?.bytes).toEqual(bytes);
});

test('a line without an end is cut, and costs no more than a piece of it', async () => {
  const lines = await linesOf(
    '2030-01-01T00:00:00Z ',
    ...Array.from({ length: 40 }, () => 'x'.repeat(10_000)),
    '\nend\n',
  );
  expect(lines.length).toBe(8);
  expect(lines.every(({ bytes }) => bytes.length <= longestLineBytes)).toBe(true);
  expect(texts(lines).slice(0, -1).join('')).toBe('x'.repeat(400_000));
  expect(new Set(lines.slice(0, -1).map(({ time }) => time)).size).toBe(1);
});
