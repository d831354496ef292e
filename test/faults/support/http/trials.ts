// One piece of row 14, on one server: hostile requests, a flood of submissions, schemathesis, and slow connections.
import { join } from 'node:path';
import { type ServerProcess, startServer } from '../../../support/server-process.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import type { Piece, PieceResult } from '../../scorecard/row.ts';
import { flood } from './flood.ts';
import { smuggledName } from './hostile-bytes.ts';
import { documentTrial } from './schemathesis-trial.ts';
import { sendHostile } from './send-hostile.ts';
import { complaintsAbout, triedByGoodClient } from './server-watch.ts';
import { slowTrial } from './slow-trial.ts';

interface Scale {
  /** Requests that schemathesis makes up for each operation and phase. */
  examples: number;
  /** Slow connections that are to be seen timing out. */
  timeouts: number;
  /** Connections that each send 50 submissions at once. */
  flooding: number;
}
const scales: Record<Piece['column'], Scale> = {
  small: { examples: 5, timeouts: 300, flooding: 100 },
  large: { examples: 60, timeouts: 15_000, flooding: 2_000 },
};
const allowedRatio = 2;
const blockSize = 250;

export async function run(piece: Piece): Promise<PieceResult> {
  const folder = temporaryFolder();
  const pace = ['--settle-ms', '0', '--dry-run-duration', '1h'];
  const server = await startServer([...pace, '--store', `sqlite:${join(folder.path, 'kubejobs.db')}`]);
  try {
    return await trials(piece, server);
  } finally {
    await server.kill('SIGKILL');
    folder.remove();
  }
}

async function trials(piece: Piece, server: ServerProcess): Promise<PieceResult> {
  const scale = scales[piece.column];
  const hostile = await hostileTrials(piece, server);
  const flooded = await flood(server, scale.flooding, 50);
  const document = await documentTrial(server, piece.seed, scale.examples);
  const slow = await slowTrial(server, scale.timeouts);
  const ratio = slow.slowP99Ms / slow.quietP99Ms;
  const tooSlow = piece.column === 'large' && !(ratio < allowedRatio);
  const violations = [
    ...[hostile, flooded, document, slow].flatMap((part) => part.violations),
    ...(tooSlow
      ? [`good clients’ p99 was ${ratio.toFixed(2)} times as long beside ${slow.held} slow connections`]
      : []),
    ...(await triedByGoodClient(server, 'after all')),
    ...complaintsAbout(server),
  ];
  return {
    trials: piece.trials,
    violations: violations.map((violation) => `piece of seed ${piece.seed}: ${violation}`),
    counts: {
      ...hostile.counts,
      ...document.counts,
      flood_posts: flooded.posts,
      slow_connections: slow.held,
      slow_timed_out: slow.timedOut,
      good_answers: slow.goodAnswers,
    },
    worst: {
      p99_ratio: rounded(ratio),
      quiet_p99_ms: rounded(slow.quietP99Ms),
      slow_p99_ms: rounded(slow.slowP99Ms),
      slow_resident_mib: slow.residentMebibytes,
      flood_growth_mib: flooded.residentMebibytes,
    },
  };
}

/** In blocks, after each of which a good client is served. */
async function hostileTrials({ seed, trials }: Piece, server: ServerProcess) {
  const port = Number(new URL(server.url).port);
  const counts: Record<string, number> = {};
  const violations: string[] = [];
  for (let done = 0; done < trials; done += blockSize) {
    const figures = await sendHostile(port, seed + done, Math.min(blockSize, trials - done));
    for (const [name, count] of Object.entries(figures.counts)) counts[name] = (counts[name] ?? 0) + count;
    violations.push(...figures.violations, ...(await triedByGoodClient(server, `after seed ${seed + done}`)));
  }
  const smuggled = await fetch(`${server.url}/jobs?name=${smuggledName}`);
  const total = smuggled.headers.get('x-total-count');
  if ((await smuggled.text()) !== '[]') violations.push(`${total} requests were smuggled inside others`);
  return { counts, violations };
}

function rounded(number: number): number {
  return Math.round(number * 100) / 100;
}
