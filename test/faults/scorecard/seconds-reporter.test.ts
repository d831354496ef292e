import { expect, it } from 'vitest';
import { secondsText } from './seconds-reporter.ts';

it('the seconds of each row are shown in order, with their sum', () => {
  const text = secondsText([
    { name: '15-order', seconds: 6.04 },
    { name: '04-kill', seconds: 93.5 },
  ]);
  expect(text.split('\n').map((line) => line.trim())).toEqual([
    'The fault scorecard took',
    '93.5 s  04-kill',
    '6.0 s  15-order',
    '99.5 s  all rows',
  ]);
});
