/**
 * Running totals over a list of counts (Fenwick 1994): a count changes, a prefix is summed and a rank is located in
 * O(log n). It holds no counts itself; when the list shifts, its owner rebuilds the tree in one linear pass.
 */
export class FenwickTree {
  private length = 0;
  /** sums[i], counted from 1, holds the total of the (i & -i) counts that end with the i-th. */
  private sums: Int32Array = new Int32Array(1);

  rebuild(counts: Int32Array, length: number): void {
    if (this.sums.length <= length) this.sums = new Int32Array(counts.length + 1);
    this.length = length;
    const { sums } = this;
    sums.fill(0, 1, length + 1);
    for (let i = 1; i <= length; i++) {
      const sum = (sums[i] as number) + (counts[i - 1] as number);
      const parent = i + (i & -i);
      sums[i] = sum;
      if (parent <= length) sums[parent] = (sums[parent] as number) + sum;
    }
  }

  add(index: number, delta: number): void {
    const { sums, length } = this;
    for (let i = index + 1; i <= length; i += i & -i) sums[i] = (sums[i] as number) + delta;
  }

  /** Total of the counts before `index`. */
  sumBefore(index: number): number {
    const { sums } = this;
    let total = 0;
    for (let i = index; i > 0; i &= i - 1) total += sums[i] as number;
    return total;
  }

  /** Index of the count that covers the `rank`-th unit (from 0); the length of the list when the rank lies behind it. */
  indexOfRank(rank: number): number {
    const { sums, length } = this;
    let index = 0;
    let left = rank;
    for (let step = length === 0 ? 0 : 1 << (31 - Math.clz32(length)); step > 0; step >>>= 1) {
      const next = index + step;
      if (next > length || (sums[next] as number) > left) continue;
      left -= sums[next] as number;
      index = next;
    }
    return index;
  }

  clone(): FenwickTree {
    const copy = new FenwickTree();
    copy.length = this.length;
    copy.sums = this.sums.slice();
    return copy;
  }

  memoryBytes(): number {
    return this.sums.byteLength;
  }
}
