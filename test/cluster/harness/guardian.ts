/**
 * A process that outlives the one that started the cluster: when its standard input closes, because that process ended
 * in whatever way (SIGKILL included), it removes the cluster. After a clean stop it finds no folder and just ends.
 *
 * Run as `node --import tsx guardian.ts <folder>`; see `start-guardian.ts`.
 */
import { cleanUp } from './clean-up.ts';

const folder = process.argv[2] ?? '';
process.stdin.resume();
process.stdin.once('close', () => {
  cleanUp(folder).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
});
