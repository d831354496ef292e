// Changes of some columns of a row: key, a bit mask of the columns that are set, their values. Bit `1 << i` is the i-th
// column of the table's list. For each mask that occurs there is one prepared statement; few do.
import type Database from 'better-sqlite3';
import type { Value } from './packed.ts';

/** Field in the model, and its column. */
export type ChangeableColumns<Set> = ReadonlyArray<readonly [keyof Set & string, string]>;

export interface ChangeableTable {
  table: string;
  columns: ReadonlyArray<readonly [string, string]>;
  /** One condition with one parameter for each value of the key. */
  keys: readonly string[];
}

/** Appends mask and values of what `set` names; `null` clears a column, `undefined` leaves it. */
export function packChange<Set extends object>(set: Set, columns: ChangeableColumns<Set>, into: Value[]): void {
  const maskAt = into.push(0) - 1;
  let mask = 0;
  for (let bit = 0; bit < columns.length; bit += 1) {
    const value = set[(columns[bit] as (typeof columns)[number])[0]];
    if (value === undefined) continue;
    mask |= 1 << bit;
    into.push(columnValue(value));
  }
  into[maskAt] = mask;
}

function columnValue(value: unknown): Value {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Value);
}

/** Writes packed changes; one whose row is not there changes nothing. */
export function changeRows(db: Database.Database, into: ChangeableTable): (changes: Value[]) => void {
  const updates = new Map<number, Update>();
  return (changes) => {
    let at = 0;
    while (at < changes.length) {
      const maskAt = at + into.keys.length;
      const mask = changes[maskAt] as number;
      const update = updates.get(mask) ?? prepareUpdate(db, into, mask);
      updates.set(mask, update);
      const end = maskAt + 1 + update.width;
      update.statement?.run([...changes.slice(maskAt + 1, end), ...changes.slice(at, maskAt)]);
      at = end;
    }
  };
}

interface Update {
  statement: Database.Statement | undefined;
  width: number;
}

function prepareUpdate(db: Database.Database, { table, columns, keys }: ChangeableTable, mask: number): Update {
  const set = columns.filter((_, bit) => mask & (1 << bit)).map(([, column]) => `${column} = ?`);
  if (set.length === 0) return { statement: undefined, width: 0 };
  const statement = db.prepare(`UPDATE ${table} SET ${set.join(', ')} WHERE ${keys.join(' AND ')}`);
  return { statement, width: set.length };
}
