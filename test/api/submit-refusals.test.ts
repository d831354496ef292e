import { afterAll, expect, test } from 'vitest';
import { newServer } from '../support/api-server.ts';
import { FakeService } from '../support/fake-service.ts';

const dnsLabel =
  'must be a DNS label (RFC 1123): 1 to 63 characters, lower-case letters, digits and "-", beginning and ending with a letter or a digit';
const labelKey =
  'has a key that must be a Kubernetes label key: an optional DNS subdomain and "/", then 1 to 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or a digit';
const labelValue =
  'must be a Kubernetes label value: up to 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or a digit';
const quantity = 'must be a Kubernetes quantity as a string, such as "500m", "2" or "1.5Gi"';
const priority = 'must be an integer from -1000000 to 1000000';
const known =
  'is not a field that is known here; allowed: name, priority, queue, namespace, image, command, args, env, resources, completions, parallelism, labels, annotations, template, workload, hold, start_after, after, queue_timeout_seconds, timeout_seconds, retries, on_finish, results';
const image =
  'must be an image reference such as "busybox" or "registry.example/team/app:1.2": 1 to 1024 characters, no spaces';
const environmentName =
  'must be the name of an environment variable: 1 to 256 letters, digits, "-", "_" and ".", not beginning with a digit';
const duration = 'must be a duration as a whole number and a unit (ms, s, m, h), such as "3s", "1m" or "500ms"';
const exitCode = 'must be an exit code from 0 to 255 as a string, such as "1"';
const ownAnnotation =
  'is the server’s own; annotations under kubejobs.io/ that can be set: kubejobs.io/podgroup-size, kubejobs.io/simulate-duration, kubejobs.io/simulate-exit-code';

// One server for the whole file: nothing that is sent here may leave anything behind.
const service = new FakeService();
const app = await newServer({ service });
afterAll(() => app.close());

const nested = (levels: number): object => (levels === 0 ? {} : { a: nested(levels - 1) });
const withName = (fields: object): object => ({ name: 'job1', ...fields });

/** What is sent, where it is wrong, and what is allowed there. */
const table: Array<[what: string, body: unknown, pointer: string, detail: string]> = [
  ['an array', [], '', 'must be an object'],
  ['a string', 'job1', '', 'must be an object'],
  ['null', null, '', 'must be an object'],
  ['no name', { priority: 1 }, '/name', `is required and ${dnsLabel}`],
  ['an empty name', { name: '' }, '/name', dnsLabel],
  ['a name of 64 characters', { name: 'a'.repeat(64) }, '/name', dnsLabel],
  ['an upper-case name', { name: 'Job1' }, '/name', dnsLabel],
  ['a name that begins with a hyphen', { name: '-a' }, '/name', dnsLabel],
  ['a name that ends with a hyphen', { name: 'a-' }, '/name', dnsLabel],
  ['a name with a dot', { name: 'a.b' }, '/name', dnsLabel],
  ['a name with a line break at its end', { name: 'a\n' }, '/name', dnsLabel],
  ['a number as the name', { name: 1 }, '/name', dnsLabel],
  ['null as the name', { name: null }, '/name', dnsLabel],
  ['a priority as text', withName({ priority: '7' }), '/priority', priority],
  ['a fraction as the priority', withName({ priority: 1.5 }), '/priority', priority],
  ['a boolean as the priority', withName({ priority: true }), '/priority', priority],
  ['null as the priority', withName({ priority: null }), '/priority', priority],
  ['a priority over the maximum', withName({ priority: 1_000_001 }), '/priority', priority],
  ['a priority under the minimum', withName({ priority: -1_000_001 }), '/priority', priority],
  ['a bad queue', withName({ queue: 'a b' }), '/queue', dnsLabel],
  ['a bad namespace', withName({ namespace: 'kube_system' }), '/namespace', dnsLabel],
  ['an unknown field', withName({ colour: 'red' }), '/colour', known],
  ['an unknown field with a slash and a tilde', withName({ 'a/b~c': 1 }), '/a~1b~0c', known],
  ['a field of a later version', withName({ on_weekdays: true }), '/on_weekdays', known],
  ['an image with a space', withName({ image: 'busy box' }), '/image', image],
  ['a command that is no array', withName({ command: 'ls' }), '/command', 'must be an array of 1 to 1024 items'],
  ['an empty command', withName({ command: [] }), '/command', 'must be an array of 1 to 1024 items'],
  ['too many arguments', withName({ args: Array(1025).fill('') }), '/args', 'must be an array of at most 1024 items'],
  ['a number as an argument', withName({ args: ['a', 1] }), '/args/1', 'must be a string of at most 131072 characters'],
  [
    'a variable without a name',
    withName({ env: [{ value: 'x' }] }),
    '/env/0/name',
    `is required and ${environmentName}`,
  ],
  ['a variable named 1A', withName({ env: [{ name: '1A' }] }), '/env/0/name', environmentName],
  [
    'a variable with a number',
    withName({ env: [{ name: 'A', value: 1 }] }),
    '/env/0/value',
    'must be a string of at most 131072 characters',
  ],
  [
    'a variable with an unknown field',
    withName({ env: [{ name: 'A', val: '1' }] }),
    '/env/0/val',
    'is not a field that is known here; allowed: name, value, valueFrom',
  ],
  [
    'a variable with value and valueFrom',
    withName({ env: [{ name: 'A', value: '1', valueFrom: { fieldRef: {} } }] }),
    '/env/0/valueFrom',
    'cannot be given together with value: leave one of them out',
  ],
  [
    'a variable with an empty valueFrom',
    withName({ env: [{ name: 'A', valueFrom: {} }] }),
    '/env/0/valueFrom',
    'must be an object with exactly 1 fields',
  ],
  [
    'a bottomless valueFrom',
    withName({ env: [{ name: 'A', valueFrom: nested(1000) }] }),
    '/env/0/valueFrom',
    'must be at most 64 levels deep',
  ],
  [
    'unknown resources',
    withName({ resources: { claims: [] } }),
    '/resources/claims',
    'is not a field that is known here; allowed: requests, limits',
  ],
  [
    'a quantity with a wrong unit',
    withName({ resources: { limits: { cpu: '5x' } } }),
    '/resources/limits/cpu',
    quantity,
  ],
  ['a negative quantity', withName({ resources: { requests: { cpu: '-1' } } }), '/resources/requests/cpu', quantity],
  ['a number as a quantity', withName({ resources: { limits: { cpu: 1 } } }), '/resources/limits/cpu', quantity],
  ['a bad label key', withName({ labels: { 'a b': 'c' } }), '/labels/a b', labelKey],
  ['a bad label prefix', withName({ labels: { 'A.com/b': 'c' } }), '/labels/A.com~1b', labelKey],
  ['a bad label value', withName({ labels: { a: 'b c' } }), '/labels/a', labelValue],
  ['a label of 64 characters', withName({ labels: { a: 'b'.repeat(64) } }), '/labels/a', labelValue],
  [
    'a label of the server’s own',
    withName({ labels: { 'kubejobs.io/job-id': 'x' } }),
    '/labels/kubejobs.io~1job-id',
    'is the server’s own: labels under kubejobs.io/ cannot be set',
  ],
  [
    'the label of those whose result is saved, put there by hand',
    withName({ labels: { 'job-handler/enabled': 'true' } }),
    '/labels/job-handler~1enabled',
    'is the server’s own: labels under job-handler/ cannot be set; for a saved result say "results": true',
  ],
  [
    'the mark of a saved result',
    withName({ results: true, annotations: { 'job-handler/status': 'completed' } }),
    '/annotations/job-handler~1status',
    'is the server’s own: annotations under job-handler/ cannot be set; for a saved result say "results": true',
  ],
  [
    'an annotation of the server’s own',
    withName({ annotations: { 'kubejobs.io/x': '' } }),
    '/annotations/kubejobs.io~1x',
    ownAnnotation,
  ],
  ['a bad annotation key', withName({ annotations: { '': 'x' } }), '/annotations/', labelKey],
  [
    'annotations that are too large together',
    withName({ annotations: { a: 'x'.repeat(200_000), b: 'x'.repeat(200_000) } }),
    '/annotations',
    'must be at most 262144 bytes together',
  ],
  ...['3', '3 s', '1.5s', '-1s', '', 's'].map((value): [string, unknown, string, string] => [
    `a simulated duration of "${value}"`,
    withName({ annotations: { 'kubejobs.io/simulate-duration': value } }),
    '/annotations/kubejobs.io~1simulate-duration',
    duration,
  ]),
  ...['256', '-1', '', '01', 'x'].map((value): [string, unknown, string, string] => [
    `a simulated exit code of "${value}"`,
    withName({ annotations: { 'kubejobs.io/simulate-exit-code': value } }),
    '/annotations/kubejobs.io~1simulate-exit-code',
    exitCode,
  ]),
  ...['vier', '0', '100001', '4.5', ''].map((value): [string, unknown, string, string] => [
    `a size of a pod group of "${value}"`,
    withName({ annotations: { 'kubejobs.io/podgroup-size': value } }),
    '/annotations/kubejobs.io~1podgroup-size',
    'must be a number from 1 to 100000 as a string, such as "4"',
  ]),
  ['an empty template', withName({ template: {} }), '/template', 'must be an object with at least 1 fields'],
  ['a bottomless template', withName({ template: nested(1000) }), '/template', 'must be at most 64 levels deep'],
  ...['image', 'command', 'args', 'env', 'resources'].map((field): [string, unknown, string, string] => [
    `a template together with ${field}`,
    withName({ template: { a: 1 }, [field]: { image: 'a', command: ['a'], args: [], env: [], resources: {} }[field] }),
    `/${field}`,
    `cannot be given together with template: put ${field} into the template, or leave template out`,
  ]),
];

test.each(table)('%s is refused where it is wrong, and nothing is stored', async (_what, body, pointer, detail) => {
  const headers = { 'content-type': 'application/json' };
  const answer = await app.inject({ method: 'POST', url: '/jobs', headers, payload: JSON.stringify(body) });
  expect(answer.statusCode).toBe(400);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.json()).toMatchObject({ code: 'validation_failed', status: 400, errors: [{ pointer, detail }] });
  expect(answer.json().errors).toHaveLength(1);
  expect(answer.json().detail).toBe(`${pointer === '' ? 'the body' : pointer} ${detail}`);
  expect(service.stored).toEqual([]);
});

test('a body that is nested deeper than the stack is answered like any other', async () => {
  const levels = 150_000;
  const template = `${'{"a":'.repeat(levels)}{}${'}'.repeat(levels)}`;
  const headers = { 'content-type': 'application/json' };
  const payload = `{"name":"job1","template":${template}}`;
  const answer = await app.inject({ method: 'POST', url: '/jobs', headers, payload });
  expect(answer.json()).toMatchObject({ status: 400, errors: [{ pointer: '/template' }] });
});

test('all that is wrong with a body is told at once', async () => {
  const payload = { priority: 'x', colour: 1, labels: { a: 'b c' } };
  const answer = await app.inject({ method: 'POST', url: '/jobs', payload });
  const pointers = answer.json().errors.map((error: { pointer: string }) => error.pointer);
  expect(pointers.sort()).toEqual(['/colour', '/labels/a', '/name', '/priority']);
  expect(answer.json().detail).toMatch(/ \(and 3 more\)$/);
});

test('a flood of errors is cut off', async () => {
  const payload = Object.fromEntries(Array.from({ length: 1_500 }, (_, index) => [`field${index}`, 0]));
  const answer = await app.inject({ method: 'POST', url: '/jobs', payload });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors).toHaveLength(64);
});

test.each([
  ['broken JSON', '{"name":'],
  ['two documents', '{"name":"a"}{"name":"b"}'],
  ['__proto__', '{"name":"a","__proto__":{"priority":1}}'],
  ['__proto__ in disguise', '{"name":"a","\\u005f_proto__":{"priority":1}}'],
  ['a constructor with a prototype', '{"name":"a","constructor":{"prototype":{"priority":1}}}'],
  ['__proto__ inside a template', '{"name":"a","template":{"a":{"__proto__":{}}}}'],
])('%s is refused as invalid JSON', async (_what, payload) => {
  const headers = { 'content-type': 'application/json' };
  const answer = await app.inject({ method: 'POST', url: '/jobs', headers, payload });
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ code: 'invalid_json', detail: expect.stringMatching(/./) });
  expect(service.stored).toEqual([]);
});

test('bytes that are not UTF-8 are refused, not replaced', async () => {
  const payload = Buffer.concat([Buffer.from('{"name":"a","args":["'), Buffer.from([0xff]), Buffer.from('"]}')]);
  const headers = { 'content-type': 'application/json' };
  const answer = await app.inject({ method: 'POST', url: '/jobs', headers, payload });
  expect(answer.json()).toMatchObject({ code: 'invalid_json', detail: 'The body is not UTF-8.' });
});

test('no body at all is refused as a body that is no object', async () => {
  const answer = await app.inject({ method: 'POST', url: '/jobs' });
  expect(answer.json()).toMatchObject({ status: 400, errors: [{ pointer: '', detail: 'must be an object' }] });
});

test('of a body with thousands of members only the first mistake is told', async () => {
  const members = Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`k${i}`, 1]));
  const answer = await app.inject({ method: 'POST', url: '/jobs', payload: { name: 'a', ...members } });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors).toHaveLength(1);
});
