// The flags of `kubejobs monitor`, apart from what it does: the help of every command reads them, and only the command
// itself loads the Kubernetes client.
import type { Command } from 'commander';
import { duration, durationAllowed, flag, oneOf, text, toggle } from './cli/flags.ts';
import type { Io } from './cli/io.ts';
import { type ClusterFlags, clusterFlags } from './cluster-flags.ts';

export const defaultJobSet = 'bash-counter-jobset';
export const defaultPyTorchJob = 'pytorch-simple';

export const monitorFormats = ['json', 'wide', 'table'] as const;
export type MonitorFormat = (typeof monitorFormats)[number];

export interface MonitorFlags extends ClusterFlags {
  /** True without a name. */
  jobset?: string | true;
  pytorchjob?: string | true;
  job?: string;
  all?: true;
  /** In milliseconds. */
  interval: number;
  once?: true;
  watch?: true;
  namespace: string;
  output?: MonitorFormat;
}

export function addMonitorCommand(program: Command, io: Io): void {
  const format = oneOf(monitorFormats);
  const command = program
    .command('monitor')
    .description(
      'show the health of workloads on the cluster, ours and everyone else’s; it asks the cluster, not a server',
    )
    .allowExcessArguments(false);
  const flags = [
    flag('--jobset [NAME]', `this JobSet (default ${defaultJobSet})`, 'a name', text),
    flag('--pytorchjob [NAME]', `this PyTorchJob (default ${defaultPyTorchJob})`, 'a name', text),
    flag('--job <NAME>', 'this Job', 'a name', text),
    toggle('--all', 'all of the namespace, the unhealthy ones first'),
    flag('--interval <DURATION>', 'how often', durationAllowed, positive).default(30_000, '30s'),
    toggle('--once', 'once, and end'),
    toggle('-w, --watch', 'at every change instead'),
    flag('-n, --namespace <NAME>', 'namespace', 'a name', text).default('default'),
    flag(
      '-o, --output <FORMAT>',
      `${format.allowed} (default a table on a terminal, json elsewhere)`,
      format.allowed,
      format.parse,
    ),
    ...clusterFlags(),
  ];
  for (const each of flags) command.addOption(each);
  command.action(async (given: MonitorFlags) => {
    const { monitor } = await import('./monitor.ts');
    io.exit(await monitor(io, given));
  });
}

function positive(given: string): number | undefined {
  const ms = duration(given);
  return typeof ms === 'number' && ms > 0 ? ms : undefined;
}
