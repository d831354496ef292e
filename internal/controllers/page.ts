// One page of what controllers list, in the shape in which the HTTP API hands it out. Pure.

export interface PageRequest {
  limit: number;
  /** The `next` of the page before: the sequence number of its last item. */
  after?: readonly number[];
}

export interface Page<T> {
  items: T[];
  /** Absent on the last one. */
  next?: readonly number[];
  /** How many there are in all. */
  total: number;
}

/** `all` in the order of their sequence numbers. */
export function pageOf<T extends { sequence: number }>(all: Iterable<T>, { limit, after }: PageRequest): Page<T> {
  const [from = 0] = after ?? [];
  const items: T[] = [];
  let [total, isMore] = [0, false];
  for (const each of all) {
    total += 1;
    if (each.sequence <= from) continue;
    if (items.length === limit) isMore = true;
    else items.push(each);
  }
  return { items, total, ...(isMore && { next: [items.at(-1)?.sequence ?? 0] }) };
}
