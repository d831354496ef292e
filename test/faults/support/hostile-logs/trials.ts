// The trials of row 11: each is one hostile log, saved by a process of its own.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Piece, PieceResult } from '../../scorecard/row.ts';
import type { HostileFinding, HostileWish } from './program.ts';

export const kinds: readonly HostileWish['kind'][] = ['lines', 'control characters', 'broken UTF-8', 'no line end'];
const mostAboveMiB = 32;
const gigabyte = 1_073_741_824;
/** Of the other kinds: more than is kept, and nothing but the bytes differs. */
const otherBytes = 100 * 1_048_576;

const loader = new URL('../../../support/typescript-loader.mjs', import.meta.url).href;
const program = fileURLToPath(new URL('program.ts', import.meta.url));
const run1 = promisify(execFile);

export async function run({ seed, trials }: Piece): Promise<PieceResult> {
  const violations: string[] = [];
  const worst = { memory_above_mib: 0, seconds: 0 };
  const counts: Record<string, number> = {};
  for (let index = 0; index < trials; index += 1) {
    const kind = kinds[index % kinds.length] ?? 'lines';
    const wish = { seed: seed + index, kind, bytes: kind === 'lines' ? gigabyte : otherBytes };
    const found = await save(wish);
    for (const problem of judged(found)) violations.push(`seed ${wish.seed}, ${kind}: ${problem}`);
    worst.memory_above_mib = Math.max(worst.memory_above_mib, found.peakAboveMiB);
    worst.seconds = Math.max(worst.seconds, found.seconds);
    const name = kind.replaceAll(/[^a-z0-9]+/gi, '_').toLowerCase();
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return { trials, violations, counts, worst };
}

async function save(wish: HostileWish): Promise<HostileFinding> {
  const flags = ['--expose-gc', '--import', loader, program, JSON.stringify(wish)];
  const { stdout } = await run1(process.execPath, flags);
  return JSON.parse(stdout) as HostileFinding;
}

function judged({ problems, peakAboveMiB }: HostileFinding): string[] {
  if (peakAboveMiB <= mostAboveMiB) return problems;
  return [...problems, `it took ${peakAboveMiB.toFixed(1)} MiB, more than ${mostAboveMiB}`];
}
