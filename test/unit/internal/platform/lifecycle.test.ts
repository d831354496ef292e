import { expect, it } from 'vitest';
import { Lifecycle, type Part } from '../../../../internal/platform/lifecycle.ts';
import { recordingLogger } from '../../../support/recorders.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

function lifecycle() {
  const clock = virtualClock();
  const told: string[] = [];
  const part = (name: string, more: Partial<Part> = {}): Part => ({
    name,
    start: () => void told.push(`start ${name}`),
    stop: () => void told.push(`stop ${name}`),
    ...more,
  });
  return { clock, told, part, lifecycle: new Lifecycle({ clock, logger: recordingLogger() }) };
}

const never = (): Promise<void> => new Promise(() => {});

it('stops in the opposite order of the start', async () => {
  const { told, part, lifecycle: life } = lifecycle();
  await life.start([part('a'), part('b')]);
  await life.stop();
  expect(told).toEqual(['start a', 'start b', 'stop b', 'stop a']);
});

it('stops those before a part that does not start', async () => {
  const { told, part, lifecycle: life } = lifecycle();
  const failing = part('b', { start: () => Promise.reject(new Error('no')) });
  await expect(life.start([part('a'), failing, part('c')])).rejects.toThrow('no');
  expect(told).toEqual(['start a', 'stop b', 'stop a']);
});

it('starts nothing more once a stop has begun', async () => {
  const { told, part, lifecycle: life } = lifecycle();
  let go = (): void => {};
  const slow = part('b', { start: () => new Promise((resolve) => (go = resolve)) });
  const starting = life.start([part('a'), slow, part('c')]);
  await Promise.resolve();
  await life.stop();
  go();
  await starting;
  expect(told).toEqual(['start a', 'stop b', 'stop a']);
});

it('closes the store within 8 s however many parts hang before it', async () => {
  const { clock, told, part, lifecycle: life } = lifecycle();
  const hanging = ['b', 'c', 'd', 'e'].map((name) => part(name, { stop: never }));
  await life.start([part('store'), ...hanging]);
  const begun = clock.now();
  void life.stop();
  await clock.runUntil(() => told.includes('stop store'), 60_000);
  expect(clock.now() - begun).toBeLessThan(8_000);
});
