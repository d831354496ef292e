// `kubejobs policy check` as people run it: the examples of docs/policy.md give what the page shows.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { policyCheck } from '../../cmd/kubejobs/policy-check.ts';
import { allowanceFields, policyFields } from '../../pkg/kubernetes/policy/index.ts';
import { consoleExamples } from '../support/console-examples.ts';
import { fencedBlocks } from '../support/markdown.ts';
import { readRepositoryFile, repositoryRoot } from '../support/repository.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const page = readRepositoryFile('docs/policy.md');
const [policyText = '', jobsText = ''] = fencedBlocks(page)
  .filter(({ language }) => language === 'yaml')
  .map(({ text }) => text);
const folder = temporaryFolder();
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

beforeAll(() => {
  writeFileSync(join(folder.path, 'policy.yaml'), policyText);
  writeFileSync(join(folder.path, 'jobs.yaml'), jobsText);
});
afterAll(() => folder.remove());

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** In a folder with the page's two files. */
function run(command: string): Promise<Ran> {
  const program = `kubejobs() { '${process.execPath}' --import '${loader}' '${repositoryRoot}cmd/kubejobs/main.ts' "$@"; }`;
  return new Promise((resolve) => {
    execFile('bash', ['-c', `${program}\n${command}`], { cwd: folder.path }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

const examples = consoleExamples(page);

describe('docs/policy.md', () => {
  it.each(examples)('line $line: $command', { timeout: 120_000 }, async ({ command, answer }) => {
    const { code, stdout, stderr } = await run(command);
    expect(stderr).toBe('');
    expect(stdout.trimEnd()).toBe(answer);
    expect(code).toBe(answer.includes('is refused') ? 1 : 0);
  });

  it('shows a refusal, and the policy in force', () => {
    expect(examples.map(({ answer }) => answer.includes('is refused'))).toEqual([true, false]);
  });

  it('has every field of the file in its table, and no other', () => {
    const fields = [...page.matchAll(/^\| (`[^|]*`) \| /gm)].flatMap(([, names = '']) =>
      [...names.matchAll(/`([a-z_.]+)`/g)].map(([, name]) => name),
    );
    const { allow: _allow, ...own } = policyFields;
    const expected = [...Object.keys(own), ...Object.keys(allowanceFields).map((name) => `allow.${name}`)];
    expect(fields.sort()).toEqual(expected.sort());
    expect(Object.keys(parse(policyText) as object)).toEqual(Object.keys(policyFields));
  });
});

describe('kubejobs policy check', () => {
  const check = (text: string, flags: Record<string, string> = {}): { accepted: boolean; lines: string[] } => {
    const filename = join(folder.path, 'given.yaml');
    writeFileSync(filename, text);
    const lines: string[] = [];
    const accepted = policyCheck({ filename, ...flags }, {}, (line) => lines.push(line.replace(filename, 'given')));
    return { accepted, lines };
  };

  it('takes YAML and JSON, and speaks of one document without a number', () => {
    expect(check('name: a\n---\n{"name": "b", "image": "busybox"}\n').accepted).toBe(true);
    expect(check('name: a')).toEqual({ accepted: true, lines: ['given: job a is accepted'] });
  });

  it('refuses what the server would refuse before it asks the policy', () => {
    expect(check('name: A\ncolour: red').lines).toEqual([
      'given: job is refused',
      expect.stringContaining('  /colour is not a field that is known here'),
      expect.stringContaining('  /name must be a DNS label'),
    ]);
    expect(check('just words').lines).toEqual(['given: job is refused', '  it must be an object']);
  });

  it('judges the pod templates of a manifest, alone and in a job', () => {
    const lines = [
      'spec:',
      '  pytorchReplicaSpecs:',
      '    Master: {template: {spec: {hostPID: true, containers: []}}}',
    ];
    const manifest = ['apiVersion: kubeflow.org/v1', 'kind: PyTorchJob', 'metadata: {name: p}', ...lines];
    const place = '/spec/pytorchReplicaSpecs/Master/template/spec/hostPID must be false or left out';
    expect(check(manifest.join('\n')).lines).toEqual([
      'given: PyTorchJob p is refused',
      expect.stringContaining(`  ${place}`),
    ]);
    const body = ['name: a', 'workload:', ...manifest.map((line) => `  ${line}`)];
    expect(check(body.join('\n')).lines).toEqual([
      'given: job a is refused',
      expect.stringContaining(`  /workload${place}`),
    ]);
  });

  it('knows the kinds that kubejobs runs', () => {
    const refused = {
      accepted: false,
      lines: ['given: Pod p is refused', expect.stringContaining('  /kind must be one of Job')],
    };
    expect(check('kind: Pod\nmetadata: {name: p}')).toEqual(refused);
  });

  it('lets no file write to the terminal', () => {
    const { lines } = check('kind: "Job\\e[2J"\nmetadata: {name: "a\\nb"}');
    expect(lines[0]).toBe('given: Job?[2J a?b is refused');
  });

  it.each([
    ['a file that is not there', { filename: '/nowhere/job.yaml' }, '/nowhere/job.yaml cannot be read'],
    ['a policy that is not there', { policy: '/nowhere/policy.yaml' }, '--policy /nowhere/policy.yaml cannot be used'],
    ['a name that is no namespace’s', { namespaces: 'a,-' }, '--namespaces has a name'],
  ])('cannot do with %s', (_title, flags, words) => {
    expect(() => check('name: a', flags)).toThrow(words);
  });

  it.each([
    ['pod_security: 1\ncolour: red', /cannot be used: pod_security must be one of .*; colour is not a field/],
    ['allow: [', /cannot be used: Flow sequence .* at line 1/],
    ['allow: {}\nallow: {}', /cannot be used: Map keys must be unique at line 2/],
  ])('names every mistake of a policy file: %j', (text, words) => {
    const policy = join(folder.path, 'bad.yaml');
    writeFileSync(policy, text);
    expect(() => check('name: a', { policy })).toThrow(words);
  });

  it('lets a flag win over the file', () => {
    const policy = join(folder.path, 'policy.yaml');
    expect(check('{name: a, namespace: team-a, image: busybox}', { policy }).accepted).toBe(true);
    expect(check('{name: a, namespace: team-a, image: busybox}', { policy, namespaces: 'x' }).accepted).toBe(false);
  });

  it('says that the operator’s own template breaks the policy', () => {
    const template = join(folder.path, 'template.yaml');
    writeFileSync(template, 'template: {spec: {hostPID: true, containers: [{name: a, image: b}]}}');
    expect(() => check('name: a', { jobTemplate: template })).toThrow(
      /--job-template .* cannot be used, the policy refuses it: \/template\/spec\/hostPID must be false/,
    );
  });
});
