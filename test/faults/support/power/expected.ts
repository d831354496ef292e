// What a store must hold after each commit of a session: played on the memory store, which shares no code with SQLite's.
import { memoryStore } from '../../../../internal/store/memory.ts';
import type { Commit } from '../../../../internal/store/store.ts';
import { type Contents, contentsOf } from './contents.ts';

/** Number n is what there is after n commits. */
export async function expectedContents(commits: readonly Commit[]): Promise<Contents[]> {
  const store = memoryStore({ queueId: '7d444840-9dc0-4bb1-b5d1-00000000cafe' });
  const contents = [contentsOf(store.reader, await store.load())];
  for (const commit of commits) {
    await store.commit(commit);
    contents.push(structuredClone(contentsOf(store.reader, await store.load())));
  }
  return contents;
}
