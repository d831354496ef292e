// Builds the dashboard before its tests, so that they look at the sources as they are.
import { build } from 'vite';
import { repositoryRoot } from '../../support/repository.ts';

export async function setup(): Promise<void> {
  await build({ configFile: `${repositoryRoot}vite.config.ts`, logLevel: 'warn' });
}
