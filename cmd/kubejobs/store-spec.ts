// Where jobs are kept when nobody says it: in a file in the folder of work, in a dry run in memory.

/** As `--store` would say it. */
export function storeSpec({ store, dryRun }: { store: string | undefined; dryRun: boolean }): string {
  return store ?? (dryRun ? 'memory' : 'sqlite:kubejobs.db');
}
