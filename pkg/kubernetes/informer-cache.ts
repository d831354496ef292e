// What an informer knows: slim records by `<namespace>/<name>`, with one optional index. Owns the rules by which a
// record is replaced: a name with another uid is another object (gone, then added), and an event older than what is
// known of the same object changes nothing. Every change is told once, with what was before and what is now.
import type { KubernetesObject } from './cluster.ts';

export interface Entry<T> {
  uid: string;
  resourceVersion: string;
  record: T;
}

/** `previous` undefined: added; `next` undefined: deleted. */
export type OnChange<T> = (key: string, previous: T | undefined, next: T | undefined) => void;

export interface InformerCache<T> {
  get(key: string): T | undefined;
  values(): IterableIterator<T>;
  byIndex(value: string): T[];
  readonly size: number;
  /** An ADDED or MODIFIED event. */
  put(key: string, entry: Entry<T>): void;
  /** A DELETED event; nothing happens when the name meanwhile belongs to another object. */
  remove(key: string, uid: string): void;
  /** A complete list: only real differences are told. */
  replace(entries: Map<string, Entry<T>>): void;
}

export function informerCache<T>(
  onChange: OnChange<T>,
  indexBy: (record: T) => string | undefined = () => undefined,
): InformerCache<T> {
  const entries = new Map<string, Entry<T>>();
  const index = valueIndex();

  const drop = (key: string, known: Entry<T>): void => {
    entries.delete(key);
    index.remove(indexBy(known.record), key);
    onChange(key, known.record, undefined);
  };
  const store = (key: string, known: Entry<T> | undefined, entry: Entry<T>): void => {
    entries.set(key, entry);
    if (known) index.remove(indexBy(known.record), key);
    index.add(indexBy(entry.record), key);
    onChange(key, known?.record, entry.record);
  };
  /** What is known of this very object; another one of that name is dropped first. */
  const same = (key: string, uid: string): Entry<T> | undefined => {
    const known = entries.get(key);
    if (known && known.uid !== uid) drop(key, known);
    return entries.get(key);
  };

  return {
    get: (key) => entries.get(key)?.record,
    values: () => records(entries.values()),
    byIndex: (value) => [...records(index.keys(value).flatMap((key) => entries.get(key) ?? []))],
    get size() {
      return entries.size;
    },
    put(key, entry) {
      const known = same(key, entry.uid);
      if (!known || isNewer(entry.resourceVersion, known.resourceVersion)) store(key, known, entry);
    },
    remove(key, uid) {
      const known = entries.get(key);
      if (known?.uid === uid) drop(key, known);
    },
    replace(fresh) {
      for (const [key, known] of [...entries]) if (!fresh.has(key)) drop(key, known);
      for (const [key, entry] of fresh) {
        const known = same(key, entry.uid);
        // Also when the version is smaller: a restored etcd counts back, and a consistent list is right.
        if (known?.resourceVersion !== entry.resourceVersion) store(key, known, entry);
      }
    },
  };
}

interface ValueIndex {
  add(value: string | undefined, key: string): void;
  remove(value: string | undefined, key: string): void;
  keys(value: string): string[];
}

function valueIndex(): ValueIndex {
  const keysByValue = new Map<string, Set<string>>();
  return {
    add(value, key) {
      if (value === undefined) return;
      const keys = keysByValue.get(value);
      if (keys) keys.add(key);
      else keysByValue.set(value, new Set([key]));
    },
    remove(value, key) {
      if (value === undefined) return;
      const keys = keysByValue.get(value);
      if (keys?.delete(key) && keys.size === 0) keysByValue.delete(value);
    },
    keys: (value) => [...(keysByValue.get(value) ?? [])],
  };
}

function* records<T>(entries: Iterable<Entry<T>>): IterableIterator<T> {
  for (const entry of entries) yield entry.record;
}

/** Versions are decimal numbers that grow (Kubernetes 1.35 promises it); others can only be told apart. */
export function isNewer(candidate: string, known: string): boolean {
  if (!/^\d+$/.test(candidate) || !/^\d+$/.test(known)) return candidate !== known;
  return candidate.length === known.length ? candidate > known : candidate.length > known.length;
}

export function objectKey(object: KubernetesObject): string {
  const { namespace, name } = object.metadata;
  return `${namespace ?? ''}/${name}`;
}
