// Lists come in pages: the parameters that ask for one, and what its headers say about the next.
import type { Answer } from './transport.ts';

export interface PageOptions {
  /** 1 to 1000, 1000 when absent. */
  limit?: number;
  /** The `next` of the page before. */
  cursor?: string;
}

export interface Page<T> {
  items: T[];
  /** The cursor of the next page; absent on the last one. */
  next?: string;
  /** How many there are in all, when the server knows. */
  total?: number;
}

export function pageParameters({ limit, cursor }: PageOptions): URLSearchParams {
  const parameters = new URLSearchParams();
  if (limit !== undefined) parameters.set('limit', String(limit));
  if (cursor !== undefined) parameters.set('cursor', cursor);
  return parameters;
}

export function pathWith(path: string, parameters: URLSearchParams): string {
  return parameters.size === 0 ? path : `${path}?${parameters}`;
}

export function pageOf<T>({ body, headers }: Answer): Page<T> {
  const page: Page<T> = { items: body as T[] };
  const link = /<([^>]*)>;\s*rel="next"/.exec(headers.get('link') ?? '')?.[1];
  const next = link === undefined ? null : new URL(link, 'http://localhost').searchParams.get('cursor');
  const total = headers.get('x-total-count');
  if (next !== null) page.next = next;
  if (total !== null) page.total = Number(total);
  return page;
}
