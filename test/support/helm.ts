// The real helm, compiled once from its Go module into the cache of the test cluster's binaries.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Availability, binaryAvailability, ensureBinaries } from '../cluster/harness/binaries.ts';
import { repositoryRoot } from './repository.ts';

const run = promisify(execFile);

export const chartFolder = `${repositoryRoot}deploy/helm/kubejobs`;

export function helmAvailability(): Promise<Availability> {
  return binaryAvailability(['helm']);
}

/** Its standard output; rejects with what it said on the other. Builds helm the first time, which takes minutes. */
export async function helm(...words: string[]): Promise<string> {
  const { helm: program } = await ensureBinaries(['helm'], (line) => process.stderr.write(`${line}\n`));
  return (await run(program, words, { maxBuffer: 16 << 20 })).stdout;
}

/** What the chart makes of these values, as a release `kubejobs` in a namespace of that name. */
export function renderChart(values: object = {}, ...words: string[]): Promise<string> {
  return helm('template', 'kubejobs', chartFolder, '-n', 'kubejobs', ...setting(values), ...words);
}

/** As JSON, value by value at the top: that keeps the types. */
export function setting(values: object): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['--set-json', `${name}=${JSON.stringify(value)}`]);
}
