// What a program that starts again ought to know, and has forgotten.
import type { Tampering } from '../../../internal/simulation/world.ts';
import type { Snapshot, Store } from '../../../internal/store/store.ts';
import { lyingStore, type PlantedBug } from './tampering.ts';

/** Of a program that starts again; a rebuild after a failed commit reads the truth. */
function onRestart(change: (snapshot: Snapshot) => void): Tampering {
  return {
    store: (store, start) => {
      let isFirst = start > 1;
      return lyingStore({
        load: async () => {
          const snapshot = await store.load();
          if (isFirst) change(snapshot);
          isFirst = false;
          return snapshot;
        },
      })(store);
    },
  };
}

/** Of keys that an earlier life of the program wrote nothing is known any more. */
function forgetfulOfKeys(): Tampering {
  return {
    store: (store) => {
      const written = new Set<string>();
      const reader = new Proxy(store.reader, {
        get: (target, name) => {
          const member: unknown = Reflect.get(target, name);
          if (typeof member !== 'function') return member;
          if (name !== 'idempotency') return member.bind(target) as unknown;
          return (keys: string[]) => target.idempotency(keys.filter((key) => written.has(key)));
        },
      });
      const commit: Store['commit'] = (commit) => {
        for (const { key } of commit.idempotency) written.add(key);
        return store.commit(commit);
      };
      return lyingStore({ reader, commit })(store);
    },
  };
}

/** The cap of the first start is kept for ever. */
function deafToANewCap(): Tampering {
  let first: number | undefined;
  return {
    settings: (settings) => {
      first ??= settings.maxConcurrency;
      return { ...settings, maxConcurrency: first };
    },
  };
}

export const restartBugs: PlantedBug[] = [
  {
    name: 'a restart forgets a slot',
    onlyAfter: 'a crash',
    plant: () => onRestart((snapshot) => void snapshot.running.pop()),
  },
  {
    name: 'a restart forgets a pending job',
    onlyAfter: 'a crash',
    plant: () =>
      onRestart(({ pending }) => {
        if (pending.count > 0) pending.count -= 1;
      }),
  },
  {
    name: 'a restart forgets priorities',
    onlyAfter: 'a crash',
    plant: () => onRestart(({ pending }) => void pending.priorities.fill(0)),
  },
  {
    name: 'a restart forgets who came first',
    onlyAfter: 'a crash',
    plant: () =>
      onRestart(({ pending }) => {
        const ids = Buffer.from(pending.ids);
        for (let index = 0; index < pending.count; index += 1) {
          const from = 16 * (pending.count - 1 - index);
          ids.copy(pending.ids, 16 * index, from, from + 16);
        }
        pending.priorities.subarray(0, pending.count).reverse();
      }),
  },
  {
    name: 'a restart counts dispatches from the start',
    onlyAfter: 'a crash',
    plant: () =>
      onRestart((snapshot) => {
        snapshot.lastDispatchSequence = 0;
      }),
  },
  {
    name: 'a restart takes a create without a known answer for made',
    onlyAfter: 'a crash',
    plant: () =>
      onRestart((snapshot) => {
        for (const { attempt } of snapshot.running) attempt.creation = 'made';
      }),
  },
  {
    name: 'a restart forgets that a cancel was asked for',
    onlyAfter: 'a crash',
    plant: () =>
      onRestart((snapshot) => {
        for (const { attempt } of snapshot.running) delete attempt.cancelRequestedAt;
      }),
  },
  { name: 'a restart keeps the cap of the first start', onlyAfter: 'a crash', plant: () => deafToANewCap() },
  {
    name: 'a restart forgets that a job is held',
    onlyAfter: 'a crash',
    plant: () =>
      onRestart(({ waiting }) => {
        for (const job of waiting) job.held = false;
      }),
  },
  {
    name: 'a restart forgets what a job waits for',
    onlyAfter: 'a crash',
    plant: () =>
      onRestart(({ waiting }) => {
        for (const job of waiting) job.waitsFor = [];
      }),
  },
  {
    name: 'a restart forgets that the queue is paused',
    onlyAfter: 'a crash',
    plant: () => onRestart(({ settings }) => void delete settings.paused),
  },
  {
    name: 'a restart forgets the cap that was set meanwhile',
    onlyAfter: 'a crash',
    plant: () => onRestart(({ settings }) => void delete settings.maxConcurrency),
  },
  {
    name: 'a restart forgets the attempts that a job had',
    onlyAfter: 'a crash',
    plant: () => onRestart((snapshot) => void snapshot.attempts.splice(0)),
  },
  { name: 'a restart forgets the keys', onlyAfter: 'a crash', plant: () => forgetfulOfKeys() },
  {
    name: 'a restart forgets that a job is to give way',
    onlyAfter: 'a crash',
    plant: () =>
      onRestart((snapshot) => {
        for (const { attempt } of snapshot.running) delete attempt.giveWay;
      }),
  },
];
