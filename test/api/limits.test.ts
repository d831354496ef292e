import { expect, test } from 'vitest';
import { serveOptions } from '../../internal/platform/configuration.ts';
import { defaultLimits, type ServerLimits } from '../../pkg/api/limits.ts';
import { readRepositoryFile } from '../support/repository.ts';

/** How each limit is written in docs/api.md; undefined for what is no limit of a client. */
const words: Record<keyof ServerLimits, [row: string, limit: string] | undefined> = {
  connections: ['connections', '10,000'],
  waitingPerConnection: ['requests of one connection', 'up to 64'],
  requestsPerConnection: ['requests over one connection', '10,000'],
  headerBytes: ['request line and headers', '16 KiB'],
  parameterLength: ['a path parameter', '100 characters'],
  bodyBytes: ['a body', '1 MiB'],
  smallBodyBytes: ['all bodies over 16 KiB together', '64 MiB'],
  largeBodiesBytes: ['all bodies over 16 KiB together', '64 MiB'],
  headersTimeoutMs: ['until the headers are complete', '20 s'],
  batchBytes: ['an array of jobs', '16 MiB'],
  requestTimeoutMs: ['until the body is complete', '30 s'],
  answerTimeoutMs: ['until the answer', '50 s'],
  connectionTimeoutMs: ['a connection with nothing to read or write', '60 s'],
  keepAliveTimeoutMs: ['a connection between two requests', '65 s'],
  unreadAnswerBytes: ['answers that their clients do not read', '128 MiB'],
  timeoutCheckMs: undefined,
};
const rows = readRepositoryFile('docs/api.md').split('\n');

function inNumbers(text: string): number {
  const [, number = '', unit = ''] = /([\d,]+)(?: (KiB|MiB|s)\b)?/.exec(text) ?? [];
  return Number(number.replaceAll(',', '')) * ({ KiB: 1_024, MiB: 1_048_576, s: 1_000 }[unit] ?? 1);
}

const documented = Object.entries(words).flatMap(([name, word]) =>
  word ? [{ name, row: word[0], limit: word[1] }] : [],
);

test.each(documented)('docs/api.md tells $name', ({ name, row, limit }) => {
  const line = rows.find((candidate) => candidate.startsWith(`| ${row}`));
  expect(line?.split(' | ')[1] ?? '').toContain(limit);
  const told = name === 'smallBodyBytes' ? row : limit;
  expect(inNumbers(told)).toBe(defaultLimits[name as keyof ServerLimits]);
});

test('an answer is given before its connection is closed for silence', () => {
  expect(defaultLimits.answerTimeoutMs + 2_000).toBeLessThan(defaultLimits.connectionTimeoutMs);
});

test('the option for connections has the same default', () => {
  expect(Number(serveOptions['max-connections'].default)).toBe(defaultLimits.connections);
});
