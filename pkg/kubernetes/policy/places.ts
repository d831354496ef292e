// Looking into JSON that came from outside, without losing where one is. A place is a value and the way to it; its
// pointer is only written when somebody asks. What is not there is absent; what is there but cannot be looked into,
// because it has the wrong shape, is `Misshapen`: no rule takes that for allowed.

export interface Place {
  readonly value: unknown;
  readonly parent?: Place;
  readonly key?: string | number;
}

/** The value of a place that should be something else. */
export class Misshapen {
  readonly expected: string;

  constructor(expected: string) {
    this.expected = expected;
  }
}

/** More of anything than a pod has any use for, and few enough to look at each. */
const mostItems = 128;

const object = new Misshapen('an object');
const list = new Misshapen(`a list of at most ${mostItems} items`);

export function place(value: unknown): Place {
  return { value };
}

/** The place reached by these keys; where the way ends at something of the wrong shape, that place. */
export function at(start: Place, ...keys: string[]): Place {
  let current = start;
  for (const key of keys) current = step(current, key);
  return current;
}

function step(from: Place, key: string): Place {
  if (from.value instanceof Misshapen) return from;
  if (isAbsent(from)) return { value: undefined, parent: from, key };
  if (!isObject(from.value)) return { ...from, value: object };
  return { value: from.value[key], parent: from, key };
}

/** The places in a list; one misshapen place when it is not a list. */
export function itemsOf(from: Place): Place[] {
  if (isAbsent(from)) return [];
  if (from.value instanceof Misshapen) return [from];
  if (!Array.isArray(from.value) || from.value.length > mostItems) return [{ ...from, value: list }];
  return from.value.map((value: unknown, key) => ({ value, parent: from, key }));
}

/** The places in an object, by its own keys; one misshapen place when it is not an object. */
export function entriesOf(from: Place): Place[] {
  if (isAbsent(from)) return [];
  if (from.value instanceof Misshapen) return [from];
  if (!isObject(from.value)) return [{ ...from, value: object }];
  return Object.entries(from.value).map(([key, value]) => ({ value, parent: from, key }));
}

/** Kubernetes takes null for left out. */
export function isAbsent({ value }: Place): boolean {
  return value === undefined || value === null;
}

/** RFC 6901. */
export function pointerOf({ parent, key }: Place): string {
  if (parent === undefined || key === undefined) return '';
  return `${pointerOf(parent)}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
