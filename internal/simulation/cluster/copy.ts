// Private copies of plain JSON, and JSON that nobody can change.

/** Objects, arrays and what JSON puts into them. Left out are undefined fields, as JSON does, and a prototype in disguise. */
export function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  const copy: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) {
    if (part !== undefined && name !== '__proto__') copy[name] = copyOf(part);
  }
  return copy as T;
}

/** In place. What is frozen already is taken to be so to its depth. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const name in value) deepFreeze(value[name]);
  return value;
}
