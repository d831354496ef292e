// `kubejobs serve` as a process that can be made to crash: the program's own parts, wired by the program's own file, with
// crash points between them. The words are those of `kubejobs serve --flag value …`. A point is armed from the start by the environment, or later by
// a message over the IPC channel; without either this is the plain program.

import { serve } from '../../../../cmd/kubejobs/serve.ts';
import { camelCase } from '../../../../internal/platform/configuration.ts';
import { type ArmedPoint, Bomb } from './crash-points.ts';
import { crashSeams } from './crash-seams.ts';

const bomb = new Bomb();
const fromStart = process.env.CRASH_POINT;
if (fromStart) bomb.arm(JSON.parse(fromStart) as ArmedPoint);
process.on('message', (armed: ArmedPoint) => {
  bomb.arm(armed);
  process.send?.('armed');
});
process.channel?.unref();

/** `--max-concurrency 3` as the program's own command line hands it over. */
function flagsOf(words: readonly string[]): Record<string, string> {
  const flags: Record<string, string> = {};
  for (let i = 0; i + 1 < words.length; i += 2) {
    flags[camelCase((words[i] as string).replace(/^--/, ''))] = words[i + 1] as string;
  }
  return flags;
}

await serve(flagsOf(process.argv.slice(3)), process.env, crashSeams(bomb));
