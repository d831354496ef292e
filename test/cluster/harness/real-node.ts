import type { Availability } from './binaries.ts';
export async function realNodeAvailability(): Promise<Availability> {
  return { available: false, reason: 'not yet' };
}
export async function ensureRealNodeTools(_log: (line: string) => void): Promise<Record<string, string>> {
  throw new Error('not yet');
}
export async function startRealNode(_deps: unknown): Promise<void> {
  throw new Error('not yet');
}
