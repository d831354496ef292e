// Lists come from the server page by page: all of one, at once or as it comes, or as much of its beginning as is wanted.
import type { Page, PageOptions } from '../../../pkg/client/index.ts';

export type LoadPage<T> = (page: PageOptions) => Promise<Page<T>>;

export interface Collected<T> {
  items: T[];
  more: boolean;
  total: number | undefined;
}

const pageSize = 1_000;

/** Never more than a page in memory, so that any number can be gone through. */
export async function* everyItem<T>(load: LoadPage<T>): AsyncIterable<T> {
  let page: Page<T> | undefined;
  do {
    page = await load(page?.next === undefined ? {} : { cursor: page.next });
    yield* page.items;
  } while (page.next !== undefined);
}

export async function allItems<T>(load: LoadPage<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of everyItem(load)) items.push(item);
  return items;
}

/** At most `limit` of them. */
export async function firstItems<T>(load: LoadPage<T>, limit: number): Promise<Collected<T>> {
  const items: T[] = [];
  let page: Page<T> | undefined;
  do {
    const options = { limit: Math.min(limit - items.length, pageSize), ...(page?.next && { cursor: page.next }) };
    page = await load(options);
    items.push(...page.items);
  } while (page.next !== undefined && items.length < limit);
  return { items, more: page.next !== undefined, total: page.total };
}
