// Which rows of a long table are in sight. Pure.

export const rowHeight = 36;
/** Browsers draw nothing that is much taller than this; rows of a longer table are reached in larger steps. */
export const tallest = 12_000_000;
const beyondSight = 8;
const mostInSight = 60;

export interface Range {
  first: number;
  /** One behind the last. */
  last: number;
  /** Heights of what is left out. */
  before: number;
  after: number;
}

export function rangeOf(scrolled: number, height: number, count: number): Range {
  const full = count * rowHeight;
  const shown = Math.min(full, tallest);
  const steps = shown > height ? (full - height) / (shown - height) : 1;
  const inSight = Math.min(Math.ceil(height / rowHeight) + 2 * beyondSight, mostInSight);
  const top = Math.floor((scrolled * steps) / rowHeight) - beyondSight;
  const first = Math.max(0, Math.min(top, count - inSight));
  const last = Math.min(count, first + inSight);
  const before = full === shown ? first * rowHeight : Math.max(0, scrolled - (scrolled * steps - first * rowHeight));
  return { first, last, before, after: Math.max(0, shown - before - (last - first) * rowHeight) };
}
