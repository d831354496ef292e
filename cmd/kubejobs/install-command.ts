// The flags of `kubejobs install crds`, apart from what it does: only the command itself loads the Kubernetes client.
import type { Command } from 'commander';
import { duration, durationAllowed, flag, toggle } from './cli/flags.ts';
import type { Io } from './cli/io.ts';
import { type ClusterFlags, clusterFlags } from './cluster-flags.ts';

export interface InstallFlags extends ClusterFlags {
  dryRun?: true;
  /** In milliseconds. */
  timeout: number;
}

export function addInstallCommand(program: Command, io: Io): void {
  const command = program
    .command('install')
    .description('put what kubejobs needs on a cluster: `install crds`')
    .command('crds')
    .description(
      'put the definition of JobSets and its admission policies on a cluster, and wait until they act; safe to repeat',
    )
    .allowExcessArguments(false);
  const flags = [
    toggle('--dry-run', 'print the manifests as YAML, and ask no cluster'),
    flag('--timeout <DURATION>', 'how long to wait until they act', durationAllowed, duration).default(120_000, '2m'),
    ...clusterFlags(),
  ];
  for (const each of flags) command.addOption(each);
  command.addHelpText(
    'after',
    `
It needs Kubernetes 1.36 or newer and the rights of a cluster administrator. JobSets of another operator are left alone:
where there is a definition that kubejobs did not make, nothing is changed.`,
  );
  command.action(async (given: InstallFlags) => {
    const { installCrds } = await import('./install-crds.ts');
    io.exit(await installCrds(io, given));
  });
}
