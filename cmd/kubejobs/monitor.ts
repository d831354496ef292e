// `kubejobs monitor`: the health of workloads, asked of the cluster itself. It follows them as the server does, and prints
// documents in a pipe and a table on a terminal, every so often or at every change. It changes nothing.
import { HealthController } from '../../internal/controllers/health/health-controller.ts';
import { systemClock } from '../../internal/platform/clock.ts';
import { silentLogger } from '../../internal/platform/logger.ts';
import { silentMetrics } from '../../internal/platform/metrics.ts';
import { systemRandom } from '../../internal/platform/random.ts';
import { KubeconfigError } from '../../pkg/kubernetes/client/index.ts';
import type { Cluster } from '../../pkg/kubernetes/cluster.ts';
import type { Discovery } from '../../pkg/kubernetes/discovery.ts';
import { exitDone, exitFailed, exitUnreachable } from './cli/exit-codes.ts';
import { type Io, note } from './cli/io.ts';
import type { MonitorFlags } from './monitor-command.ts';
import { MonitorPrinter } from './monitor-printer.ts';
import { kindsOf, targetsOf } from './monitor-targets.ts';
import { openCluster } from './open-cluster.ts';

export type OpenCluster = (flags: MonitorFlags) => Promise<Cluster & Discovery>;

/** Resolves with the exit code, after `--once`, or when the signal of `io` is aborted. */
export async function monitor(io: Io, flags: MonitorFlags, open: OpenCluster = openCluster): Promise<number> {
  let cluster: Cluster & Discovery;
  try {
    cluster = await open(flags);
  } catch (error) {
    if (!(error instanceof KubeconfigError)) throw error;
    note(io, `kubejobs: ${error.message}`);
    return exitFailed;
  }
  const shared = { clock: systemClock(), random: systemRandom(), logger: silentLogger, metrics: silentMetrics };
  const controller = new HealthController({ cluster, discovery: cluster, namespaces: [flags.namespace], ...shared });
  controller.start();
  try {
    return await follow(io, flags, cluster, controller);
  } finally {
    await controller.stop();
    await cluster.close();
  }
}

async function follow(io: Io, flags: MonitorFlags, cluster: Cluster, controller: HealthController): Promise<number> {
  const targets = targetsOf(flags);
  const problem = await untilSettled(io, cluster, controller, flags.once === true);
  if (problem !== undefined) return problem;
  const refusal = controller.refusalOf(kindsOf(targets));
  if (refusal !== undefined) {
    note(io, `kubejobs: ${refusal}`);
    return exitFailed;
  }
  const printer = new MonitorPrinter(io, flags, controller, targets);
  if (flags.once) {
    await printer.print();
    return exitDone;
  }
  await (flags.watch ? atEveryChange(io, controller, printer) : everySoOften(io, flags.interval, printer));
  return exitDone;
}

const restMs = 100;
/** How long `--once` waits for a cluster that answers to show its workloads. */
const patienceMs = 30_000;

/** The exit code when there is nothing to wait for; else undefined, when everything has been seen. */
async function untilSettled(
  io: Io,
  cluster: Cluster,
  controller: HealthController,
  once: boolean,
): Promise<number | undefined> {
  const ping = await cluster.ping();
  if (ping.outcome === 'unknown') {
    note(io, `kubejobs: the API server cannot be reached: ${ping.message}`);
    if (once) return exitUnreachable;
  }
  if (ping.outcome === 'refused' && ping.status === 401) {
    note(
      io,
      `kubejobs: the API server does not know who asks (401): ${ping.message}; renew the credentials of the kubeconfig`,
    );
    return exitFailed;
  }
  const since = io.now();
  while (!controller.settled && io.signal?.aborted !== true) {
    if (once && io.now() - since > patienceMs) {
      note(io, 'kubejobs: the API server does not show its workloads');
      return exitUnreachable;
    }
    await io.pause(restMs, io.signal);
  }
  return undefined;
}

async function everySoOften(io: Io, intervalMs: number, printer: MonitorPrinter): Promise<void> {
  while (io.signal?.aborted !== true) {
    printer.noteSilence();
    await printer.print();
    await io.pause(intervalMs, io.signal);
  }
}

/** What changes within a moment is shown together. */
async function atEveryChange(io: Io, controller: HealthController, printer: MonitorPrinter): Promise<void> {
  let changed = true;
  const stop = controller.listen(() => {
    changed = true;
  });
  while (io.signal?.aborted !== true) {
    printer.noteSilence();
    if (changed) {
      changed = false;
      await printer.printChanges();
    }
    await io.pause(restMs, io.signal);
  }
  stop();
}
