import { describe, expect, it } from 'vitest';
import { emptyFields, fieldOf, submissionOf } from '../../../web/submit/fields.ts';
import { parseYaml } from '../../../web/submit/yaml-text.ts';

describe('the form', () => {
  it('leaves out what is empty', () => {
    expect(submissionOf({ ...emptyFields, name: ' job1 ' })).toEqual({ name: 'job1', priority: 0 });
  });

  it('means the fields of the API', () => {
    const texts = { command: 'sh\n-c\necho $A', env: 'A=1=2\nB', labels: 'team=vision', cpu: '500m', retries: '2' };
    expect(submissionOf({ ...emptyFields, ...texts, name: 'a', priority: '7', timeout: '60', hold: true })).toEqual({
      ...{ name: 'a', priority: 7, command: ['sh', '-c', 'echo $A'] },
      env: [
        { name: 'A', value: '1=2' },
        { name: 'B', value: '' },
      ],
      ...{ resources: { requests: { cpu: '500m' }, limits: { cpu: '500m' } }, labels: { team: 'vision' } },
      ...{ timeout_seconds: 60, retries: { max: 2 }, hold: true },
    });
  });

  it('hands on what is no number, so that the server refuses it by name', () => {
    expect(submissionOf({ ...emptyFields, name: 'a', priority: 'high' })).toMatchObject({ priority: 'high' });
  });

  it.each([
    ['/priority', 'priority'],
    ['/env/0/name', 'env'],
    ['/resources/requests/memory', 'memory'],
    ['/resources/limits/cpu', 'cpu'],
    ['/retries/max', 'retries'],
    ['/labels/a~1b', 'labels'],
    ['/timeout_seconds', 'timeout'],
    ['/template', undefined],
    ['', undefined],
  ])('knows the field of %s', (pointer, field) => expect(fieldOf(pointer)).toBe(field));
});

describe('the editor', () => {
  const lineOf = (text: string, pointer: string): number | undefined => {
    const parsed = parseYaml(text);
    if ('mistakes' in parsed) throw new Error('it does not parse');
    return parsed.place({ pointer, words: '' }).line;
  };

  it.each([
    ['name: a\npriority: x\n', '/priority', 2],
    ['name: a\nenv:\n  - name: A\n    value: 3\n', '/env/0/value', 4],
    ['name: a\nenv:\n  - name: A\n', '/env/0', 3],
    ['name: a\nlabels:\n  a/b: "1"\n', '/labels/a~1b', 3],
    ['# nothing\nname: a\n', '/image', 2],
    ['name: a\n---\nname: b\npriority: x\n', '/1/priority', 4],
    ['apiVersion: batch/v1\nkind: Job\nspec:\n  suspend: x\n', '/workload/spec/suspend', 4],
  ])('finds the line of %j that %s means', (text, pointer, line) => expect(lineOf(text, pointer)).toBe(line));

  it('takes one submission, several, or a bare manifest', () => {
    expect(parseYaml('name: a')).toMatchObject({ submissions: { name: 'a' } });
    expect(parseYaml('name: a\n---\nname: b')).toMatchObject({ submissions: [{ name: 'a' }, { name: 'b' }] });
    const manifest = 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: m}\nspec: {}';
    expect(parseYaml(manifest)).toMatchObject({ submissions: { name: 'm', workload: { kind: 'Job' } } });
  });

  it('tells where the YAML is broken', () => {
    const unfinished = 'Flow sequence in block collection must be sufficiently indented and end with a ]';
    expect(parseYaml('name: a\nenv: [\n')).toMatchObject({ mistakes: [{ line: 3, words: unfinished }] });
    expect(parseYaml('')).toEqual({
      mistakes: [{ pointer: '', words: 'There is nothing to submit.', line: undefined }],
    });
  });
});
