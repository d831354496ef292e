// better-sqlite3's native part, which is loaded with the first database that is opened. It is missing where its install
// script did not run (npm can be told to ask first), could not compile, or ran on another Node.js: then a list of paths
// is all that the loader says, so here it is said what to do.
import Database from 'better-sqlite3';
import { StoreFailure } from '../store.ts';

/** Throws a StoreFailure that says how to get the native part when it can't be loaded. */
export function requireNativePart(load: () => void = openNothing): void {
  try {
    load();
  } catch (error) {
    throw new StoreFailure('io', messageOf(error), { cause: error });
  }
}

function openNothing(): void {
  new Database(':memory:').close();
}

function messageOf(error: unknown): string {
  const { version, platform, arch } = process;
  const [reason = ''] = String(error instanceof Error ? error.message : error).split(/\n|\. Tried/);
  return (
    `better-sqlite3, which keeps the jobs, has no native part for Node.js ${version} on ${platform} ${arch} (${reason}). ` +
    'To get it, install again: npm install -g --allow-scripts=better-sqlite3 kubejobs, or in a project ' +
    '`npm rebuild better-sqlite3`. Where there is no ready binary it is compiled, which takes g++, make and python3. ' +
    'To go without, for a dry run or a test: --store memory'
  );
}
