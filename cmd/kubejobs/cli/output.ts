// What a command answers, in the form that was asked for: a table where a person looks, JSON in a pipe. Documents are
// printed as the server gave them; only tables choose and shorten.
import type { Option } from 'commander';
import { stringify } from 'yaml';
import { flag, notAllowed, oneOf } from './flags.ts';
import { type Io, note, write } from './io.ts';
import { type Column, cellsOf, rowLine, tableLines } from './table.ts';

export const formats = ['json', 'yaml', 'wide', 'name', 'table'] as const;
export type Format = (typeof formats)[number];

export interface OutputFlags {
  output?: Format;
}

export function outputFlag(): Option {
  const { allowed, parse } = oneOf(formats);
  const help = `${allowed} (default a table on a terminal, json elsewhere) [KUBEJOBS_OUTPUT]`;
  return flag('-o, --output <FORMAT>', help, allowed, parse);
}

/** How one kind of document is shown. */
export interface View<T> {
  /** What several of them are called. */
  noun: string;
  /** What `-o name` prints: what other commands take. */
  name(item: T): string;
  columns: ReadonlyArray<Column<T>>;
  /** More of them for `-o wide`. */
  wide: ReadonlyArray<Column<T>>;
}

/** Throws a ConfigurationError for a variable that names no format. */
export function formatOf(io: Io, { output }: OutputFlags): Format {
  if (output !== undefined) return output;
  const { KUBEJOBS_OUTPUT: given } = io.environment;
  if (!given) return io.stdout.isTTY ? 'table' : 'json';
  const format = formats.find((each) => each === given);
  if (format === undefined) throw notAllowed('KUBEJOBS_OUTPUT', given, oneOf(formats).allowed);
  return format;
}

/** `filtered`: whether only some were asked for. */
export async function printList<T extends object>(
  io: Io,
  format: Format,
  view: View<T>,
  items: readonly T[],
  filtered = false,
): Promise<void> {
  if (format === 'json' || format === 'yaml') await printDocument(io, format, items);
  else if (items.length > 0) await printLines(io, listLines(format, view, items));
  // Whoever asks for names hands them on to another command.
  else if (format !== 'name') note(io, filtered ? `no ${view.noun} that match` : `no ${view.noun}`);
}

/** One that was asked for by itself: an object, not a list of one. */
export async function printOne<T extends object>(io: Io, format: Format, view: View<T>, item: T): Promise<void> {
  if (format === 'json' || format === 'yaml') await printDocument(io, format, item);
  else await printLines(io, listLines(format, view, [item]));
}

/** As `printOne` for a single one that was asked for by itself, else as a list; none is none that could be had. */
export async function printSome<T extends object>(
  io: Io,
  format: Format,
  view: View<T>,
  items: readonly T[],
  asked: number,
): Promise<void> {
  const [only] = items;
  if (asked === 1) await (only === undefined ? undefined : printOne(io, format, view, only));
  else if (only !== undefined || format === 'json' || format === 'yaml') await printList(io, format, view, items);
}

export async function printDocument(io: Io, format: 'json' | 'yaml', document: object): Promise<void> {
  await write(io, format === 'json' ? `${JSON.stringify(document, null, 2)}\n` : stringify(document));
}

export async function printLines(io: Io, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await write(io, `${lines.join('\n')}\n`);
}

function listLines<T>(format: Exclude<Format, 'json' | 'yaml'>, view: View<T>, items: readonly T[]): string[] {
  if (format === 'name') return items.map((item) => view.name(item));
  return tableLines(columnsOf(format, view), items);
}

export function columnsOf<T>(format: Format, { columns, wide }: View<T>): ReadonlyArray<Column<T>> {
  return format === 'wide' ? [...columns, ...wide] : columns;
}

/**
 * Prints documents one at a time, as they come: JSON in one line each, YAML as documents, rows of a table whose columns
 * are as wide as `widths` says, below one heading.
 */
export function linePrinter<T extends object>(
  io: Io,
  format: Format,
  view: View<T>,
  widths: readonly number[],
): (item: T) => Promise<void> {
  let headed = false;
  return async (item) => {
    if (format === 'json') return write(io, `${JSON.stringify(item)}\n`);
    if (format === 'yaml') return write(io, `---\n${stringify(item)}`);
    if (format === 'name') return write(io, `${view.name(item)}\n`);
    const columns = columnsOf(format, view);
    const headings = columns.map(({ heading }) => heading);
    const lines = headed ? [] : [rowLine(headings, widths)];
    headed = true;
    await printLines(io, [...lines, rowLine(cellsOf(columns, item), widths)]);
  };
}
