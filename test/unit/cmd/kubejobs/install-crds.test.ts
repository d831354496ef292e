import { afterEach, describe, expect, it } from 'vitest';
import { commandLine } from '../../../support/command-line.ts';
import { writeKubeconfig } from '../../../support/kubeconfig.ts';
import { json, type KubernetesServer, kubernetesServer, statusObject } from '../../../support/kubernetes-server.ts';
import { readRepositoryFile } from '../../../support/repository.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

type Fields = Record<string, unknown>;

interface World {
  /** What is there before. */
  definition?: { metadata: Fields };
  webhooks?: Fields[];
  /** Kinds by their plural that the API server does not have. */
  lacks?: string;
  /** How many probes find that the policies do not act yet. */
  actsAfter?: number;
  /** The answer to what is applied, or to a probe, instead of success. */
  refuses?: { method: 'PATCH' | 'POST'; status: number; reason: string };
}

const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/jobsets.jobset.x-k8s.io';
const plurals = [
  ...['customresourcedefinitions', 'validatingadmissionpolicies', 'validatingadmissionpolicybindings'],
  ...['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'],
];
const established = { conditions: [{ type: 'Established', status: 'True' }] };

const folder = temporaryFolder();
let server: KubernetesServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** An API server with as much of CustomResourceDefinitions and policies as an installation sees. */
async function installed(given: World = {}, flags: string[] = []) {
  let { definition } = given;
  let probes = 0;
  const lists: Record<string, Fields[]> = { validatingwebhookconfigurations: given.webhooks ?? [] };
  server = await kubernetesServer(({ method, url, body }, response) => {
    const [path = ''] = url.split('?');
    const refused = given.refuses?.method === method ? given.refuses : undefined;
    if (refused) json(response, refused.status, statusObject(refused.status, refused.reason, 'not by you'));
    else if (method === 'PATCH') {
      const object = JSON.parse(body) as { metadata: Fields };
      if (path === crdPath) definition = { metadata: { ...definition?.metadata, ...object.metadata } };
      json(response, 200, object);
    } else if (method === 'POST') {
      probes += 1;
      const [status, answer] = judged(JSON.parse(body) as Probed, probes > (given.actsAfter ?? 0));
      json(response, status, answer);
    } else if (path === crdPath) {
      if (definition) json(response, 200, { ...definition, status: established });
      else json(response, 404, statusObject(404, 'NotFound', 'not found'));
    } else if (path.endsWith('webhookconfigurations')) {
      const items = lists[path.split('/').at(-1) ?? ''] ?? [];
      json(response, 200, { metadata: { resourceVersion: '1' }, items });
    } else json(response, 200, { resources: plurals.filter((name) => name !== given.lacks).map((name) => ({ name })) });
  });
  const kubeconfig = writeKubeconfig(folder.path, { server: server.url });
  let now = 0;
  const result = await commandLine(['install', 'crds', '--kubeconfig', kubeconfig, ...flags], {
    now: () => {
      now += 1_000;
      return now;
    },
  });
  const sent = (method: string) => (server?.received ?? []).filter((received) => received.method === method);
  return { ...result, applied: sent('PATCH'), probed: sent('POST') };
}

interface Probed {
  spec: { failurePolicy?: { rules: Fields[] }; successPolicy?: Fields };
}

function judged(object: Probed, acts: boolean): [status: number, answer: unknown] {
  const [rule] = object.spec.failurePolicy?.rules ?? [];
  if (!acts) return [201, object];
  if (rule) {
    rule.name = 'failurePolicyRule0';
    return [201, object];
  }
  const policy = object.spec.successPolicy ? 'jobset-references' : 'jobset-names';
  const message = `ValidatingAdmissionPolicy '${policy}.kubejobs.io' denied request: no`;
  return [422, statusObject(422, 'Invalid', message)];
}

const ours = { metadata: { uid: 'u1', name: 'x', annotations: { 'kubejobs.io/managed-crd': 'true' } } };
const webhooksOf = (service: string): Fields => ({
  metadata: { name: `webhooks-of-${service}` },
  webhooks: [{ clientConfig: { service: { name: service } }, rules: [{ apiGroups: ['jobset.x-k8s.io'] }] }],
});

describe('kubejobs install crds', () => {
  it('applies the definition first, then the policies, as itself', async () => {
    const { code, stdout, stderr, applied } = await installed();
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'JobSets are installed, and the API server refuses bad ones\n',
    });
    expect(applied[0]?.url).toBe(`${crdPath}?fieldManager=kubejobs&force=false`);
    expect(applied[0]?.headers['content-type']).toBe('application/apply-patch+yaml');
    expect(applied.slice(1).every(({ url }) => url.endsWith('?fieldManager=kubejobs&force=true'))).toBe(true);
    expect(applied.map(({ body }) => (JSON.parse(body) as { kind: string }).kind)).toEqual([
      'CustomResourceDefinition',
      ...Array.from({ length: 3 }, () => ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']).flat(),
      ...['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'],
    ]);
    expect(stderr).toContain('applied CustomResourceDefinition jobsets.jobset.x-k8s.io');
  });

  it('changes its own definition, and no other that may have come in its place', async () => {
    const { code, applied } = await installed({ definition: ours });
    expect(code).toBe(0);
    expect(applied[0]?.url).toContain('force=true');
    expect(JSON.parse(applied[0]?.body ?? '')).toMatchObject({ metadata: { uid: 'u1' } });
  });

  it('leaves the definition of another operator alone', async () => {
    const { code, stderr, applied } = await installed({ definition: { metadata: { uid: 'u2', name: 'x' } } });
    expect({ code, applied }).toEqual({ code: 1, applied: [] });
    expect(stderr).toContain('jobsets.jobset.x-k8s.io without the annotation kubejobs.io/managed-crd');
    expect(stderr).toContain('Nothing was changed');
  });

  it.each([
    ['the webhooks of the operator itself', 'jobset-webhook-service', 1],
    ['those of a queue that suspends JobSets', 'kueue-webhook-service', 0],
  ])('tells apart who has webhooks for JobSets: %s', async (_title, service, expected) => {
    const { code, applied } = await installed({ definition: ours, webhooks: [webhooksOf(service)] });
    expect(code).toBe(expected);
    expect(applied.length > 0).toBe(expected === 0);
  });

  it('changes nothing where the API server is too old', async () => {
    const { code, stderr, applied } = await installed({ lacks: 'mutatingadmissionpolicies' });
    expect({ code, applied }).toEqual({ code: 1, applied: [] });
    expect(stderr).toContain('no MutatingAdmissionPolicy of admissionregistration.k8s.io/v1: Kubernetes 1.36 or newer');
  });

  it('waits until every policy acts, asking for JobSets that are not stored', async () => {
    const { code, probed } = await installed({ actsAfter: 3 });
    expect(code).toBe(0);
    expect(probed).toHaveLength(3 + 3);
    expect(probed.every(({ url }) => url.includes('dryRun=All'))).toBe(true);
  });

  it('says which policy does not act when it has waited long enough', async () => {
    const { code, stdout, stderr, probed } = await installed({ actsAfter: 1_000 }, ['--timeout', '9s']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('after 9 s the policy jobset-names.kubejobs.io does not act');
    expect(probed.length).toBeLessThan(20);
  });

  it.each([
    ['PATCH', 403, 'the CustomResourceDefinition jobsets.jobset.x-k8s.io cannot be applied: not by you'],
    ['PATCH', 409, 'the CustomResourceDefinition jobsets.jobset.x-k8s.io cannot be applied: not by you'],
    ['POST', 403, 'it cannot be seen whether the policy jobset-names.kubejobs.io acts: not by you'],
  ] as const)('gives up at a %s that is refused with %i', async (method, status, words) => {
    const { code, stderr, probed } = await installed({ refuses: { method, status, reason: 'No' } });
    expect(code).toBe(1);
    expect(stderr).toContain(words);
    expect(probed.length).toBeLessThan(2);
  });

  it('does not wait for a definition that is being deleted', async () => {
    const going = { metadata: { ...ours.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    const { code, stderr, probed } = await installed({ definition: going });
    expect({ code, probed }).toEqual({ code: 1, probed: [] });
    expect(stderr).toContain('the definition is being deleted');
  });

  it('prints the manifests and asks no cluster in a dry run', async () => {
    const { code, stdout } = await commandLine(['install', 'crds', '--dry-run', '--kubeconfig', '/nowhere/config']);
    expect(code).toBe(0);
    for (const file of ['jobsets', 'policies'])
      expect(stdout).toContain(readRepositoryFile(`deploy/crds/${file}.yaml`));
  });

  it('says that a kubeconfig is missing, and that nothing answers', async () => {
    const missing = await commandLine(['install', 'crds', '--kubeconfig', '/nowhere/config']);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('/nowhere/config') });
    const gone = await kubernetesServer(() => {});
    await gone.close();
    const kubeconfig = writeKubeconfig(folder.path, { server: gone.url });
    const silent = await commandLine(['install', 'crds', '--kubeconfig', kubeconfig]);
    expect(silent).toMatchObject({ code: 3, stderr: expect.stringContaining('the API server cannot be asked') });
  });
});
