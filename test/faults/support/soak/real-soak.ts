// Half an hour of steady load on the real server, in a dry run with its real SQLite, and what it held meanwhile.
import { appendFileSync } from 'node:fs';
import { getJson } from '../../../support/server-process.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import type { PieceResult } from '../../scorecard/row.ts';
import { judge } from './judge.ts';
import { type Sample, SoakedServer } from './soaked-server.ts';
import { SteadyLoad } from './steady-load.ts';

export interface SoakSettings {
  seed: number;
  durationMs: number;
  sampleEveryMs: number;
  perSecond: number;
  /** Every sample is appended here as a line of JSON. */
  samplesPath?: string | undefined;
}

/** Jobs are short and their workloads deleted soon, so that all that lives for a while also ends. */
const flags = ['--max-concurrency', '20', '--dry-run-duration', '200ms', '--settle-ms', '0', '--job-ttl', '2s'];

export async function realSoak(settings: SoakSettings): Promise<Omit<PieceResult, 'trials'>> {
  const folder = temporaryFolder();
  const server = await SoakedServer.start(folder.path, flags);
  try {
    const load = new SteadyLoad(server.url, settings);
    load.start();
    const samples = await takeSamples(server, load, settings);
    await load.stop();
    const left = await drained(server.url);
    const { violations, worst } = judge(samples, settings.durationMs / 6);
    const code = await server.stop();
    return {
      violations: [...violations, ...load.failures, ...left, ...(code === 0 ? [] : [`it ended with ${code}`])],
      counts: { ...load.actions, samples: samples.length, minutes: Math.round(settings.durationMs / 60_000) },
      worst,
    };
  } finally {
    await server.kill();
    folder.remove();
  }
}

async function takeSamples(server: SoakedServer, load: SteadyLoad, settings: SoakSettings): Promise<Sample[]> {
  const samples: Sample[] = [];
  while (server.atMs < settings.durationMs) {
    await new Promise((resolve) => setTimeout(resolve, settings.sampleEveryMs));
    const sample = await server.sample(load.accepted);
    samples.push(sample);
    if (settings.samplesPath) appendFileSync(settings.samplesPath, `${JSON.stringify(sample)}\n`);
  }
  return samples;
}

/** Once nothing is submitted any more, nothing may be left over. */
async function drained(url: string): Promise<string[]> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const { pending, running } = await getJson<{ pending: number; running: number }>(`${url}/health`);
    if (pending === 0 && running === 0) return [];
    if (performance.now() > deadline) return [`${pending} jobs still wait and ${running} run a minute after the load`];
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
