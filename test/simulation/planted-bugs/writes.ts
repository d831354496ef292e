// What a commit ought to write, and does not; or writes too late.
import { lyingStore, onCommit, type PlantedBug } from './tampering.ts';

export const writingBugs: PlantedBug[] = [
  {
    name: 'a submission is acknowledged before its commit is durable',
    plant: () => ({
      store: (store) =>
        lyingStore({
          commit: (commit) => {
            void store.commit(commit).catch(() => undefined);
            return Promise.resolve({ firstEventId: 1 });
          },
        })(store),
    }),
  },
  {
    name: 'one job of a large turn is not written',
    plant: () =>
      onCommit((commit) => {
        if (commit.inserts.length > 1) commit.inserts.pop();
      }),
  },
  {
    name: 'a start is not written',
    plant: () =>
      onCommit((commit) => {
        commit.attempts = commit.attempts.filter(({ attempt }) => attempt.dispatchSequence % 5 !== 0);
        commit.attemptChanges = commit.attemptChanges.filter(({ jobId }) => jobId === '');
      }),
  },
  {
    name: 'the end of every seventh job is not written',
    plant: () => {
      let ends = 0;
      return onCommit((commit) => {
        for (const change of commit.jobChanges) {
          if (change.set.state !== 'succeeded') continue;
          ends += 1;
          if (ends % 7 === 0) change.set = {};
        }
      });
    },
  },
];
