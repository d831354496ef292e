import { expect, it } from 'vitest';
import { LogLines } from '../../../web/job/log-lines.ts';

it('puts lines together from the pieces in which they come', () => {
  const lines = new LogLines();
  for (const piece of ['one\ntw', 'o', '\nthr', 'ee']) lines.add(piece);
  expect(lines.text).toBe('one\ntwo\nthree');
});

it('keeps the last lines of a log without an end, and counts the others', () => {
  const lines = new LogLines();
  for (let number = 0; number < 12_000; number += 1) lines.add(`line ${number}\n`);
  expect(lines.dropped).toBe(7_000);
  expect(lines.text.split('\n')[0]).toBe('line 7000');
  expect(lines.text.endsWith('line 11999\n')).toBe(true);
});

it('is empty until something has come', () => {
  const lines = new LogLines();
  expect(lines.isEmpty).toBe(true);
  lines.add('x');
  expect(lines.isEmpty).toBe(false);
});
