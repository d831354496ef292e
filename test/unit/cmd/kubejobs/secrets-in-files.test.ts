// Whatever file somebody names by mistake, and whatever is wrong with it: no error repeats what is in it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, expect, test } from 'vitest';
import { readJobTemplate } from '../../../../cmd/kubejobs/job-template.ts';
import { TokensFile } from '../../../../internal/authentication/tokens-file.ts';
import { systemClock } from '../../../../internal/platform/clock.ts';
import { silentLogger } from '../../../../internal/platform/logger.ts';
import { silentMetrics } from '../../../../internal/platform/metrics.ts';
import { loadKubeconfig } from '../../../../pkg/kubernetes/client/kubeconfig.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const canary = 'canary5c0ffee';
const folder = temporaryFolder();
afterAll(() => folder.remove());

const context = 'current-context: c\ncontexts: [{name: c, context: {cluster: a, user: b}}]';
const files = {
  'YAML that is none': `users:\n- user: {token: ${canary}\n  name: [`,
  'a server that is no URL': `${context}\nclusters: [{name: a, cluster: {server: 'x:${canary}@'}}]\nusers: [{name: b}]`,
  'keys of another kind': `${context}\n${canary}: [{name: a}]`,
  'a number where a list belongs': `${context}\nclusters: ${canary}`,
  'nothing but a text': canary,
  'an alias that leads nowhere': `users: *${canary}`,
  'a key twice': `${canary}: 1\n${canary}: 2`,
};

const deps = { clock: systemClock(), logger: silentLogger, metrics: silentMetrics };
const readers: Record<string, (path: string) => unknown> = {
  '--kubeconfig': (kubeconfig) => loadKubeconfig(KubeConfig, { kubeconfig, environment: {} }),
  '--job-template': (path) => readJobTemplate(path),
  '--auth tokens:': (path) => new TokensFile({ path, ...deps }).load(),
};

const cases = Object.keys(readers).flatMap((reader) => Object.keys(files).map((file) => [reader, file] as const));

test.each(cases)('%s with a file of %s', async (reader, file) => {
  const path = join(folder.path, 'file');
  writeFileSync(path, files[file as keyof typeof files], { mode: 0o600 });
  const error = await Promise.resolve()
    .then(() => readers[reader]?.(path))
    .then(
      () => undefined,
      (reason: Error) => reason,
    );
  expect(error?.message).toContain(path);
  expect(`${error?.message}`).not.toContain(canary);
});
