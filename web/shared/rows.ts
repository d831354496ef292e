// Rows of long lists, of which only those in sight are asked for. A list that the server can begin anywhere keeps the pages
// around what is in sight; one that goes on by cursors grows at its end. What is shown stays until its newer form is there.
import { type ReadonlySignal, signal } from '@preact/signals';
import { type Page, Problem } from '../../pkg/client/index.ts';
import { paced } from './frames.ts';
import { asksForToken } from './session.ts';

export interface Rows<T> {
  /** How many there are, as far as is known; undefined before the first answer. */
  readonly total: ReadonlySignal<number | undefined>;
  /** Why the server gives none, when it said so; undefined again once it gives some. */
  readonly refusal: ReadonlySignal<Problem | undefined>;
  /** Grows whenever a row may have changed. */
  readonly version: ReadonlySignal<number>;
  /** Undefined while it is not there yet. */
  at(index: number): T | undefined;
  /** Says which are in sight. */
  show(first: number, last: number): void;
  /** Asks again for what is in sight. */
  refresh(): void;
}

const pageSize = 100;
const pagesKept = 12;
const pauseMs = 250;

/** Asks for a token when that is what is missing; a server that does not answer is told elsewhere and asked again. */
function noteFailure(refusal: { value: Problem | undefined }): (error: unknown) => void {
  return (error) => {
    if (!asksForToken(error) && error instanceof Problem) refusal.value = error;
  };
}

/** `load` gives the page that begins at a position. */
export function positionedRows<T>(load: (position: number, limit: number) => Promise<Page<T>>): Rows<T> {
  const total = signal<number | undefined>(undefined);
  const version = signal(0);
  const refusal = signal<Problem | undefined>(undefined);
  const pages = new Map<number, readonly T[]>();
  let inSight = [0];
  let stale = new Set<number>();

  const loadPage = async (page: number): Promise<void> => {
    const { items, total: counted } = await load(page * pageSize, pageSize);
    pages.delete(page);
    pages.set(page, items);
    total.value = counted ?? page * pageSize + items.length;
    refusal.value = undefined;
  };
  const loadMissing = async (): Promise<void> => {
    for (const page of inSight.filter((each) => !pages.has(each) || stale.has(each))) {
      stale.delete(page);
      await loadPage(page).catch(noteFailure(refusal));
    }
    for (const page of pages.keys()) {
      if (pages.size <= pagesKept) break;
      if (!inSight.includes(page)) pages.delete(page);
    }
    version.value += 1;
  };
  const ask = paced(loadMissing, pauseMs);
  return {
    ...{ total, version, refusal },
    at: (index) => pages.get(Math.floor(index / pageSize))?.[index % pageSize],
    show: (first, last) => {
      const from = Math.floor(first / pageSize);
      inSight = Array.from({ length: Math.floor(last / pageSize) - from + 1 }, (_, index) => from + index);
      if (inSight.some((page) => !pages.has(page) || stale.has(page))) ask();
    },
    refresh: () => {
      stale = new Set(pages.keys());
      ask();
    },
  };
}

/** `load` gives the page behind a cursor, the first without one. */
export function cursorRows<T>(load: (cursor: string | undefined, limit: number) => Promise<Page<T>>): Rows<T> {
  const total = signal<number | undefined>(undefined);
  const version = signal(0);
  const refusal = signal<Problem | undefined>(undefined);
  let rows: readonly T[] = [];
  let next: string | undefined;
  let wanted = pageSize;
  let isStale = true;

  const loadMore = async (): Promise<void> => {
    let [fresh, cursor]: [T[], string | undefined] = isStale ? [[], undefined] : [[...rows], next];
    isStale = false;
    do {
      const page = await load(cursor, Math.min(Math.max(pageSize, wanted - fresh.length), 1_000));
      fresh = [...fresh, ...page.items];
      cursor = page.next;
    } while (fresh.length < wanted && cursor !== undefined);
    [rows, next] = [fresh, cursor];
    total.value = rows.length + (next === undefined ? 0 : 1);
    refusal.value = undefined;
    version.value += 1;
  };
  const ask = paced(() => loadMore().catch(noteFailure(refusal)), pauseMs);
  return {
    ...{ total, version, refusal },
    at: (index) => rows[index],
    show: (_first, last) => {
      const isShort = last >= rows.length - pageSize / 2 && next !== undefined;
      wanted = Math.max(pageSize, last + pageSize);
      if (isStale || isShort) ask();
    },
    refresh: () => {
      isStale = true;
      ask();
    },
  };
}
