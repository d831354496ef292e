// The model: the same operations on a sorted array of objects, each as plain as its sentence.

import type { Entry } from '../../../../internal/queue/priority-queue.ts';

export class NaiveQueue {
  private readonly entries: Entry[];

  constructor(entries: readonly Entry[] = []) {
    this.entries = [...entries];
  }

  get sorted(): readonly Entry[] {
    return this.entries.sort((a, b) => b.priority - a.priority || a.sequence - b.sequence);
  }

  push(entry: Entry): boolean {
    if (this.find(entry.id) !== undefined) return false;
    this.entries.push(entry);
    return true;
  }

  remove(id: string): boolean {
    const at = this.entries.findIndex((entry) => entry.id === id);
    if (at >= 0) this.entries.splice(at, 1);
    return at >= 0;
  }

  reprioritise(id: string, priority: number): boolean {
    const entry = this.find(id);
    if (entry === undefined) return false;
    this.remove(id);
    return this.push({ ...entry, priority });
  }

  pop(): Entry | undefined {
    const first = this.sorted[0];
    if (first !== undefined) this.remove(first.id);
    return first;
  }

  find(id: string): Entry | undefined {
    return this.entries.find((entry) => entry.id === id);
  }

  rank(id: string): number {
    return this.sorted.findIndex((entry) => entry.id === id);
  }

  countBefore(priority: number, sequence: number): number {
    return this.entries.filter((e) => e.priority > priority || (e.priority === priority && e.sequence < sequence))
      .length;
  }
}
