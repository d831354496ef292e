/**
 * `make cluster-up`: starts a cluster that stays after this command has returned, with a real node when `NODE=real` or
 * the argument `real` says so (npm and npx put a value of their own into NODE).
 */
import { join } from 'node:path';
import { cleanUp } from './clean-up.ts';
import { clusterAvailability, realNodeAvailability, startCluster } from './index.ts';
import { withLock } from './lock.ts';
import { cacheFolder } from './paths.ts';
import { isUp, readState, type UpState, writeState } from './state.ts';

const log = (line: string) => console.error(line);

function tell(state: UpState, how: string): void {
  console.log(`The cluster ${how}${state.realNode ? ', with the real node localhost' : ''}: ${state.kubeconfigPath}`);
  console.log(`export KUBECONFIG=${state.kubeconfigPath}`);
}

async function start(realNode: boolean): Promise<UpState> {
  const availability = realNode ? await realNodeAvailability() : await clusterAvailability();
  if (!availability.available) throw new Error(availability.reason);
  const cluster = await startCluster({ realNode, guarded: false, log });
  const { directory, kubeconfigPath } = cluster;
  return { directory, kubeconfigPath, realNode };
}

async function up(): Promise<void> {
  const known = readState();
  if (known && isUp(known)) {
    tell(known, 'is already up');
    return;
  }
  if (known) await cleanUp(known.directory); // what a reboot or a crash has left of it
  const state = await start([process.env.NODE, ...process.argv].includes('real'));
  writeState(state);
  tell(state, 'is up');
}

await withLock(join(cacheFolder(), '.up.lock'), log, up).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
