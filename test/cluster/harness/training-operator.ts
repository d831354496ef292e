/**
 * The Kubeflow training operator on a test cluster, for tests of PyTorchJobs: its CRD alone, and the operator as a process
 * beside the control plane. It runs outside the cluster, so what a pod would have mounted is written where it looks, and
 * nothing answers to its validating webhook. A cluster that is stopped takes it along.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Availability, ensureBinaries } from './binaries.ts';
import { goVersion } from './go-build.ts';
import type { TestCluster } from './index.ts';
import { clusterSourceFolder } from './paths.ts';
import { freePorts } from './ports.ts';
import { Processes } from './process.ts';
import { waitFor } from './wait.ts';

const module = 'github.com/kubeflow/training-operator';
const namespace = 'kubeflow';
const secret = 'training-operator-webhook-cert';
const webhook = 'validator.training-operator.kubeflow.org';
/** Where the operator waits for its certificate; not to be changed by any flag. */
const mountedCertificates = '/tmp/k8s-webhook-server/serving-certs';
const run = promisify(execFile);

/** Its CRD comes out of the Go module, so without Go there is neither. */
export async function trainingOperatorAvailability(): Promise<Availability> {
  if ((await goVersion()) !== undefined) return { available: true };
  return { available: false, reason: 'no Go to get the training operator with' };
}

/** Resolves when the API server serves PyTorchJobs. */
export async function installPyTorchJobs(cluster: TestCluster): Promise<void> {
  const cwd = join(clusterSourceFolder, 'training-operator');
  const { stdout } = await run('go', ['mod', 'download', '-json', module], { cwd });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  const file = join(Dir, 'manifests/base/crds/kubeflow.org_pytorchjobs.yaml');
  await cluster.kubectl('apply', '--server-side', '-f', file);
  await waitFor('the PyTorchJobs of the API server', async () => {
    await cluster.kubectl('get', 'pytorchjobs.kubeflow.org', '-A', '-o', 'name');
    return true;
  });
}

/** After `installPyTorchJobs`. Resolves when the operator is ready to work; builds it first, which takes minutes once. */
export async function startTrainingOperator(cluster: TestCluster, log: (line: string) => void): Promise<void> {
  const { 'training-operator': command } = await ensureBinaries(['training-operator'], log);
  await cluster.kubectl('create', 'namespace', namespace);
  await cluster.kubectl.withInput(
    { apiVersion: 'v1', kind: 'List', items: [certificate, webhooks] },
    'create',
    '-f',
    '-',
  );
  const [metrics, health, port] = await freePorts(3);
  const processes = new Processes(cluster.directory);
  const temporary = join(cluster.directory, 'training-operator');
  const flags = ['--enable-scheme=pytorchjob', `--kubeconfig=${cluster.kubeconfigPath}`];
  processes.start({
    name: 'training-operator',
    command,
    args: [
      ...flags,
      `--metrics-bind-address=127.0.0.1:${metrics}`,
      `--health-probe-bind-address=127.0.0.1:${health}`,
      `--webhook-server-port=${port}`,
    ],
    env: { TMPDIR: temporary },
  });
  await mountCertificate(cluster, join(temporary, 'k8s-webhook-server/serving-certs'));
  const ready = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${health}/readyz`)).ok;
  await waitFor('the training operator', ready, { timeoutMs: 120_000, giveUp: () => processes.assertRunning() });
}

const certificate = { apiVersion: 'v1', kind: 'Secret', metadata: { name: secret, namespace } };

/** It has to be there, for the operator writes its certificate into it; that nobody answers is ignored. */
const webhooks = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: webhook },
  webhooks: [
    {
      name: 'validator.pytorchjob.training-operator.kubeflow.org',
      admissionReviewVersions: ['v1'],
      clientConfig: { service: { name: 'training-operator', namespace, path: '/validate-kubeflow-org-v1-pytorchjob' } },
      failurePolicy: 'Ignore',
      timeoutSeconds: 1,
      rules: [
        {
          apiGroups: ['kubeflow.org'],
          apiVersions: ['v1'],
          operations: ['CREATE', 'UPDATE'],
          resources: ['pytorchjobs'],
        },
      ],
      sideEffects: 'None',
    },
  ],
};

/** What the operator has put into its Secret, as files. That they are mounted it only sees by the other folder. */
async function mountCertificate(cluster: TestCluster, folder: string): Promise<void> {
  const data = await waitFor('the certificate of the training operator', async () => {
    const text = await cluster.kubectl('get', 'secret', secret, '-n', namespace, '-o', 'json');
    return (JSON.parse(text) as { data?: Record<string, string> }).data;
  });
  for (const target of [folder, ...(existsSync(mountedCertificates) ? [] : [mountedCertificates])]) {
    mkdirSync(target, { recursive: true });
    for (const [name, value] of Object.entries(data)) writeFileSync(join(target, name), Buffer.from(value, 'base64'));
  }
}
