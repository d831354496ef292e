// The blocks of the docs that take a cluster, page by page in their order, as a reader types them who is its administrator:
// every command ends with 0. Which blocks these are says test/support/docs-table.ts. Nodes are simulated, so of the pods of
// kubejobs there is only what Kubernetes makes of them; the program runs beside them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlockShell } from '../support/block-shell.ts';
import { buildWhenStale } from '../support/built-program.ts';
import { blocksFor, type PlacedBlock } from '../support/docs-table.ts';
import { helm, helmAvailability } from '../support/helm.ts';
import { fencedBlocks } from '../support/markdown.ts';
import { readRepositoryFile, repositoryRoot } from '../support/repository.ts';
import { ensureBinaries } from './harness/binaries.ts';
import type { TestCluster } from './harness/index.ts';
import { describeOwnCluster } from './harness/own-cluster.ts';
import { fated } from './support/queue.ts';
import { volumeFor } from './support/volume.ts';

const withHelm = (await helmAvailability()).available;
const all = blocksFor('test/cluster/docs-pages.test.ts').filter(({ text }) => withHelm || !text.startsWith('helm '));
/** What begins from a cluster without kubejobs. */
const installing = /^(?:make deploy|kubectl create namespace kubejobs|helm install)/m;
/** JobSets first: other pages have some. */
const pages = [...new Set(['docs/jobsets.md', ...all.map(({ page }) => page)])];

describeOwnCluster('the pages that take a cluster', {}, (own) => {
  let programs: Record<string, string>;

  beforeAll(async () => {
    buildWhenStale();
    const shipped = { READER_MAIN: `${repositoryRoot}dist/cmd/kubejobs/main.js`, READER_LOADER: '' };
    const reader = { ...shipped, KUBECONFIG: own().kubeconfigPath, READER_KUBECTL: own().kubectlPath };
    if (withHelm) await helm('version'); // compiled now, when it is not there
    programs = { ...reader, ...(withHelm && { READER_HELM: (await ensureBinaries(['helm'], () => undefined)).helm }) };
  });

  describe.each(pages)('%s', (page) => {
    const blocks = all.filter((block) => block.page === page);
    let shell: BlockShell;
    beforeAll(async () => {
      await emptyDefaultNamespace(own());
      shell = await BlockShell.start(programs);
      shell.write('gang.json', fencedBlocks(readRepositoryFile('docs/how-to.md')).find(isGang)?.text ?? '');
      if (blocks.some(({ text }) => !bringsItsServer(text))) await shell.serve('--store', 'memory');
    });
    afterAll(() => shell?.stop());

    it.each(blocks)('line $line', async (block) => {
      await prepare(own(), block);
      const { code, output } = await shell.run(block.text);
      expect(code, output).toBe(0);
      if (installing.test(block.text)) await keepItRunning(own());
    });
  });
});

function isGang({ language, text }: { language: string; text: string }): boolean {
  return language === 'json' && text.includes('podgroup');
}

function bringsItsServer(text: string): boolean {
  return /kubejobs serve|port-forward|make deploy|helm install|install crds|create namespace/.test(text);
}

/** What a page takes for granted: an empty cluster, or the objects that it names. */
async function prepare({ kubectl }: TestCluster, { page, text }: PlacedBlock): Promise<void> {
  if (installing.test(text)) {
    await kubectl('delete', 'namespace', 'kubejobs', 'kubejobs-jobs', '--ignore-not-found');
    await kubectl('delete', 'persistentvolume,clusterrole,clusterrolebinding', '-l', 'app.kubernetes.io/name=kubejobs');
    await kubectl.withInput(volumeFor('kubejobs'), 'create', '-f', '-');
  }
  const [, made] = /^kubectl create namespace (\S+)/m.exec(text) ?? [];
  if (made !== undefined) await kubectl('delete', 'namespace', made, '--ignore-not-found');
  const objects = given[page] ?? [];
  for (const object of objects) await kubectl.withInput(object, 'apply', '-f', '-');
}

const nightly = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'nightly' }, spec: fated('succeed') };
const group = {
  ...{ apiVersion: 'v1', kind: 'Pod' },
  metadata: {
    name: 'train-0',
    labels: { 'podgroup.jhwagner.github.io/name': 'train', 'test.kubejobs.io/fate': 'never' },
  },
  spec: { containers: [{ name: 'main', image: 'busybox:1.36' }] },
};
const jobSet = {
  ...{ apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', metadata: { name: 'bash-counter-jobset' } },
  spec: { replicatedJobs: [{ name: 'a', template: { spec: fated('never') } }] },
};
const given: Record<string, object[]> = {
  'docs/results.md': [nightly],
  'docs/podgroups.md': [group],
  'docs/rights.md': [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'batch' } }],
  'docs/workloads.md': [jobSet],
};

/** Pages use the same names, and their servers do not know of one another. */
async function emptyDefaultNamespace({ kubectl }: TestCluster): Promise<void> {
  const definitions = await kubectl('get', 'crds', '-o', 'name');
  if (definitions.includes('jobsets.')) await kubectl('delete', 'jobsets', '--all', '-n', 'default');
  await kubectl('delete', 'jobs,pods,configmaps', '--all', '-n', 'default');
}

/** The simulated pod of kubejobs would end like any other. */
async function keepItRunning({ kubectl }: TestCluster): Promise<void> {
  const fate = { spec: { template: { metadata: { labels: { 'test.kubejobs.io/fate': 'never' } } } } };
  await kubectl('patch', 'deployment', 'kubejobs', '-n', 'kubejobs', '--patch', JSON.stringify(fate));
}
