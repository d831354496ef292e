import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KubeconfigSource, loadKubeconfig } from '../../../../../pkg/kubernetes/client/kubeconfig.ts';
import { KubeconfigError } from '../../../../../pkg/kubernetes/client/kubeconfig-file.ts';
import { kubeconfigText, writeKubeconfig } from '../../../../support/kubeconfig.ts';
import { type TemporaryFolder, temporaryFolder } from '../../../../support/temporary-folder.ts';
import { world } from './connected.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const load = (source: Partial<KubeconfigSource>) => loadKubeconfig(KubeConfig, { environment: {}, ...source });

function problemWith(text: string, source: Partial<KubeconfigSource> = {}): string {
  const file = join(folder.path, 'config');
  writeFileSync(file, text);
  try {
    load({ kubeconfig: file, ...source });
  } catch (error) {
    expect(error).toBeInstanceOf(KubeconfigError);
    expect((error as KubeconfigError).source).toBe(file);
    return (error as KubeconfigError).message.replace(`${file}: `, '');
  }
  return 'none';
}

describe('the kubeconfig', () => {
  it('is the file that was given', () => {
    const kubeconfig = writeKubeconfig(folder.path, { server: 'https://one:6443/', namespace: 'team' });
    const elsewhere = writeKubeconfig(folder.path, { server: 'https://two:6443' }, 'other');
    const loaded = load({ kubeconfig, environment: { KUBECONFIG: elsewhere } });
    expect(loaded).toMatchObject({ server: 'https://one:6443', namespace: 'team', source: kubeconfig });
  });

  it('else is what KUBECONFIG lists, where the first file to name a thing wins and a missing one is passed over', () => {
    const one = writeKubeconfig(folder.path, { server: 'https://one:6443' }, 'one');
    const two = writeKubeconfig(folder.path, { server: 'https://two:6443', namespace: 'two' }, 'two');
    const KUBECONFIG = [join(folder.path, 'missing'), one, two].join(delimiter);
    expect(load({ environment: { KUBECONFIG } })).toMatchObject({ server: 'https://one:6443', namespace: 'default' });
  });

  it('else is the one in the home folder', () => {
    mkdirSync(join(folder.path, '.kube'));
    writeKubeconfig(join(folder.path, '.kube'), { server: 'https://home:6443' });
    expect(load({ environment: { HOME: folder.path } }).server).toBe('https://home:6443');
  });

  it('is missed with a list of the places that were looked at', () => {
    expect(() => load({ environment: { HOME: folder.path } })).toThrow(/there is no kubeconfig/);
  });

  it('never puts a password of the server’s URL into what is shown', () => {
    const kubeconfig = writeKubeconfig(folder.path, { server: 'https://me:pass@one:6443' });
    expect(load({ kubeconfig }).server).toBe('https://one:6443');
  });
});

describe('a kubeconfig that cannot be used', () => {
  it('is named when it is not there', () => {
    const kubeconfig = join(folder.path, 'missing');
    expect(() => load({ kubeconfig })).toThrow(`${kubeconfig}: cannot be read (ENOENT)`);
  });

  it.each([
    ['is not YAML', 'users:\n- user: {token: secret-token\nclusters: [', /^is not valid YAML \(line \d+, [A-Z_]+\)$/],
    ['is something else', 'secret-token', /^is not a kubeconfig/],
    [
      'has a cluster without a server',
      '{"clusters":[{"name":"a","cluster":{}}]}',
      /clusters\[0\].cluster.server is missing/,
    ],
    ['has no current context', '{"contexts":[]}', /^has no current-context; contexts: none$/],
    [
      'names a cluster that is not there',
      kubeconfigText({ server: 'https://a' }).replace('"cluster":"test"', '"cluster":"x"'),
      /no known cluster/,
    ],
    [
      'names a user that is not there',
      kubeconfigText({ server: 'https://a' }).replace('"user":"test"', '"user":"x"'),
      /unknown user "x"/,
    ],
    ['has a server that is no URL', kubeconfigText({ server: 'one' }), /not an http or https URL/],
    [
      'has a proxy that is not supported',
      kubeconfigText({ server: 'https://a', cluster: { 'proxy-url': 'socks5://b' } }),
      /proxy-url/,
    ],
  ])('says so when it %s, without a value from it', (_title, text, problem) => {
    const message = problemWith(text);
    expect(message).toMatch(problem);
    expect(message).not.toContain('secret');
  });

  it('names the contexts there are when another one is asked for', () => {
    const problem = problemWith(kubeconfigText({ server: 'https://a' }), { context: 'prod' });
    expect(problem).toBe('has no context "prod"; contexts: test');
  });

  it.each([
    ['an authority that is not there', { cluster: { 'certificate-authority': '/nowhere/ca.pem' } }, /ENOENT.*ca\.pem/],
    ['a token file that is not there', { user: { tokenFile: '/nowhere/token' } }, /ENOENT.*token/],
    [
      'a certificate that is none',
      { user: { 'client-certificate-data': 'AAAA', 'client-key-data': 'AAAA' } },
      /certificates or keys cannot be used/,
    ],
  ])('is found out before the start when it names %s', async (_title, parts, problem) => {
    const open = await world(() => {});
    await expect(open.connect(parts)).rejects.toThrow(problem);
    await expect(open.connect(parts)).rejects.toBeInstanceOf(KubeconfigError);
    await open.close();
  });
});
