// Text in columns, as kubectl prints it: headings in capitals, two spaces between, no frames. What a cell holds cannot
// steer the terminal.
import { oneLine } from './io.ts';

export interface Column<T> {
  heading: string;
  /** Undefined shows as a dash. */
  cell(item: T): string | number | undefined;
}

/** Lines without ends. */
export function tableLines<T>(columns: ReadonlyArray<Column<T>>, items: readonly T[]): string[] {
  const rows = [columns.map(({ heading }) => heading), ...items.map((item) => cellsOf(columns, item))];
  const widths = columns.map((_column, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows.map((row) => rowLine(row, widths));
}

export function cellsOf<T>(columns: ReadonlyArray<Column<T>>, item: T): string[] {
  return columns.map(({ cell }) => oneLine(String(cell(item) ?? '-')) || '-');
}

export function rowLine(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join('  ')
    .trimEnd();
}

/** How long something took or is ago, in at most two units: `45s`, `3m12s`, `2h5m`, `4d`. */
export function span(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1_000));
  const [days, hours, minutes, seconds] = [
    Math.floor(total / 86_400),
    Math.floor(total / 3_600) % 24,
    Math.floor(total / 60) % 60,
    total % 60,
  ];
  if (days > 0) return hours > 0 && days < 8 ? `${days}d${hours}h` : `${days}d`;
  if (hours > 0) return minutes > 0 ? `${hours}h${minutes}m` : `${hours}h`;
  if (minutes > 0) return seconds > 0 ? `${minutes}m${seconds}s` : `${minutes}m`;
  return `${seconds}s`;
}

/** `Running 2, Failed 1` */
export function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([state, count]) => `${state} ${count}`)
    .join(', ');
}
