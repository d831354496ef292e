// A table of any length of which only the rows in sight are in the document: real rows between two empty ones that stand for
// all the others. Arrow keys, Page Up and Down, Home and End move from row to row, Enter opens one.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { onceAFrame } from './frames.ts';
import { Problem } from './problem.tsx';
import type { Rows } from './rows.ts';
import { rangeOf, rowHeight, tallest } from './virtual-range.ts';

export interface Column<T> {
  title: string;
  /** Its class too: widths, alignment, and what a narrow page leaves out, are the style sheet's. */
  name: string;
  cell(row: T, index: number): ComponentChildren;
}

export interface VirtualTableProps<T> {
  label: string;
  rows: Rows<T>;
  columns: ReadonlyArray<Column<T>>;
  /** What is said when there are none. */
  empty: string;
}

export function VirtualTable<T>({ label, rows, columns, empty }: VirtualTableProps<T>) {
  const viewport = useRef<HTMLDivElement>(null);
  const scrolled = useSignal(0);
  const height = useSignal(rowHeight * 12);
  const total = rows.total.value;
  const isEmpty = total === 0;
  const count = total ?? 0;
  const { first, last, before, after } = rangeOf(scrolled.value, height.value, count);
  rows.version.value; // rows may have changed in place

  useLayoutEffect(() => {
    const element = viewport.current;
    if (!element) return;
    const measure = onceAFrame(() => {
      scrolled.value = element.scrollTop;
      height.value = element.clientHeight;
    });
    measure();
    element.addEventListener('scroll', measure, { passive: true });
    window.addEventListener('resize', measure);
    return () => {
      element.removeEventListener('scroll', measure);
      window.removeEventListener('resize', measure);
    };
  }, [scrolled, height]);
  useEffect(() => rows.show(first, last), [rows, first, last]);
  useEffect(() => {
    if (rows && viewport.current) viewport.current.scrollTop = 0; // other rows begin at their beginning
  }, [rows]);

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="viewport" ref={viewport} tabIndex={0} aria-label={label} onKeyDown={(event) => move(event, count)}>
      <table aria-rowcount={count + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(({ name, title }) => (
              <th key={name} scope="col" class={name}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap height={before} columns={columns.length} />
          {Array.from({ length: Math.max(0, last - first) }, (_, offset) => (
            <Row key={first + offset} index={first + offset} row={rows.at(first + offset)} columns={columns} />
          ))}
          <Gap height={after} columns={columns.length} />
        </tbody>
      </table>
      {isEmpty && <p class="quiet empty">{empty}</p>}
      {total === undefined && <Nothing refusal={rows.refusal.value} />}
    </section>
  );
}

/** Before the first rows: that they come, or why they do not. */
function Nothing({ refusal }: { refusal: Error | undefined }) {
  return <div class="empty">{refusal ? <Problem error={refusal} /> : <p class="quiet">Loading…</p>}</div>;
}

function Gap({ height, columns }: { height: number; columns: number }) {
  if (height === 0) return null;
  return (
    <tr class="gap">
      <td colSpan={columns} style={{ height: `${height}px` }} />
    </tr>
  );
}

interface RowProps<T> {
  index: number;
  row: T | undefined;
  columns: ReadonlyArray<Column<T>>;
}

function Row<T>({ index, row, columns }: RowProps<T>) {
  return (
    <tr aria-rowindex={index + 2} data-index={index} tabIndex={-1} class={row === undefined ? 'coming' : ''}>
      {columns.map(({ name, cell }) => (
        <td key={name} class={name}>
          {row === undefined ? '' : cell(row, index)}
        </td>
      ))}
    </tr>
  );
}

const pageOfRows = 10;
const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: pageOfRows, PageUp: -pageOfRows };

function move(event: KeyboardEvent, count: number): void {
  const viewport = event.currentTarget as HTMLElement;
  const focused = (event.target as HTMLElement).closest<HTMLElement>('tr[data-index]');
  if (event.key === 'Enter' && focused && event.target === focused) focused.querySelector('a')?.click();
  const target = targetOf(event.key, focused, viewport, count);
  if (target === undefined || count === 0) return;
  event.preventDefault();
  scrollTo(viewport, target, count);
  requestAnimationFrame(() => requestAnimationFrame(() => focusRow(viewport, target)));
}

function targetOf(key: string, focused: HTMLElement | null, viewport: HTMLElement, count: number): number | undefined {
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const step = steps[key];
  if (step === undefined) return undefined;
  if (focused) return Math.max(0, Math.min(count - 1, Number(focused.dataset.index) + step));
  return Math.min(count - 1, Math.floor(viewport.scrollTop / rowHeight));
}

function scrollTo(viewport: HTMLElement, index: number, count: number): void {
  const scale = Math.min(1, tallest / (count * rowHeight));
  const head = rowHeight;
  const top = index * rowHeight * scale;
  const room = viewport.clientHeight - head;
  if (top < viewport.scrollTop) viewport.scrollTop = top;
  else if (top + rowHeight > viewport.scrollTop + room) viewport.scrollTop = top + rowHeight - room;
}

function focusRow(viewport: HTMLElement, index: number): void {
  viewport.querySelector<HTMLElement>(`tr[data-index="${index}"]`)?.focus({ preventScroll: true });
}
