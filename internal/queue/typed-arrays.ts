/** Grows by a quarter, not by doubling: order data stays below its 64 bytes an entry just after growing too. */
export function grownCapacity(capacity: number): number {
  return Math.ceil(capacity * 1.25) + 1;
}

/** A copy of `array` with room for `length` elements, the new ones zero. */
export function withLength<T extends Int32Array | Float64Array>(array: T, length: number): T {
  const copy = new (array.constructor as new (length: number) => T)(length);
  copy.set(array);
  return copy;
}
