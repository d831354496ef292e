import { describe, expect, it } from 'vitest';
import { EventHub, type EventListener } from '../../../../internal/engine/event-hub.ts';
import { JobWaits } from '../../../../internal/engine/job-waits.ts';
import { anEngine } from '../../../support/engine-builders.ts';
import { HeldStore } from '../../../support/held-store.ts';

async function anEngineWithHub() {
  const store = new HeldStore();
  const hub = new EventHub({ reader: store.reader });
  const test = await anEngine({ store, deps: { committed: () => hub.committed() } });
  return { ...test, hub };
}

function recording() {
  const told: string[] = [];
  const listener: EventListener = (events) => told.push(...events.map(({ eventId, state }) => `${eventId} ${state}`));
  return { told, listener };
}

describe('the event hub', () => {
  it('tells everybody of each committed change once, in order, and nothing of what was before', async () => {
    const { hub, submit, news, clock } = await anEngineWithHub();
    await submit('a');
    const first = recording();
    expect(hub.listen(first.listener).lastEventId).toBe(2);
    news('made', 'a');
    news('succeeded', 'a');
    await submit('b');
    const second = recording();
    const { stop } = hub.listen(second.listener);
    news('made', 'b');
    news('failed', 'b');
    await clock.settle();
    expect(first.told).toEqual(['3 pending', '4 succeeded', '5 running', '6 failed']);
    expect(second.told).toEqual(['6 failed']);
    stop();
    await submit('c');
    expect(second.told).toEqual(['6 failed']);
    expect(hub.after(4, 10).events.map(({ state }) => state)).toEqual(['running', 'failed', 'pending', 'running']);
  });

  it('tells nothing that is not on disk yet', async () => {
    const { hub, store, submit, clock } = await anEngineWithHub();
    const { told, listener } = recording();
    hub.listen(listener);
    store.hold = true;
    const answer = submit('a');
    await clock.settle();
    hub.committed();
    expect(told).toEqual([]);
    await store.carryOut();
    await answer;
    expect(told).toEqual(['1 pending', '2 running']);
  });
});

describe('a caller that waits for the end of a job', () => {
  async function aWait() {
    const test = await anEngineWithHub();
    const waits = new JobWaits({ hub: test.hub, reader: test.store.reader, clock: test.clock });
    const abort = new AbortController();
    const seen = { ended: 0 };
    const wait = (jobId: string, timeoutMs = 30_000) =>
      void waits.ended(jobId, timeoutMs, abort.signal).then(() => (seen.ended += 1));
    return { ...test, abort, seen, wait };
  }

  it('hears of it when it is on disk', async () => {
    const { submit, news, clock, seen, wait } = await aWait();
    const jobId = await submit('a');
    wait(jobId);
    wait(jobId);
    news('made', 'a');
    await clock.settle();
    expect(seen.ended).toBe(0);
    news('succeeded', 'a');
    await clock.settle();
    expect(seen.ended).toBe(2);
  });

  it('is answered at once when the job has ended or does not exist, and after its time otherwise', async () => {
    const { submit, engine, clock, seen, wait } = await aWait();
    await Promise.all([submit('runs'), submit('too')]);
    const jobId = await submit('b');
    await engine.change('cancel', jobId);
    const pending = await submit('c', -1);
    wait(jobId);
    wait('01900000-0000-7000-8000-000000000000');
    wait(pending, 5_000);
    await clock.settle();
    expect(seen.ended).toBe(2);
    await clock.advance(5_000);
    expect(seen.ended).toBe(3);
  });

  it('may go away', async () => {
    const { submit, clock, seen, wait, abort } = await aWait();
    wait(await submit('a'));
    abort.abort();
    await clock.settle();
    expect(seen.ended).toBe(1);
  });
});
