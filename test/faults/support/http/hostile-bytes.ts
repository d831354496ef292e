// Requests that no HTTP library would send: broken lines, headers and framing, attempts to smuggle a second request past
// whoever stands in front, percent-encoding of nonsense, requests that stop in the middle. Each is decided by a seed.
import type { Dice } from './dice.ts';
import type { HostileRequest } from './hostile-request.ts';

/** Every smuggled request would submit a job of this name. */
export const smuggledName = 'smuggled';

const json = 'Content-Type: application/json\r\n';
const smuggledBody = `{"name":"${smuggledName}"}`;
const smuggled = `POST /jobs HTTP/1.1\r\nHost: a\r\n${json}Content-Length: ${smuggledBody.length}\r\n\r\n${smuggledBody}`;

type Maker = (dice: Dice) => Omit<HostileRequest, 'kind'>;

export const bytesMakers: Readonly<Record<string, Maker>> = {
  request_lines: (dice) => one(`${requestLine(dice)}\r\nHost: a\r\n\r\n`),
  header_lines: (dice) => one(`GET /jobs HTTP/1.1\r\nHost: a\r\n${headerLine(dice)}\r\n\r\n`),
  huge_headers: (dice) => one(`GET /jobs HTTP/1.1\r\nHost: a\r\n${hugeHeaders(dice)}\r\n\r\n`),
  nul_bytes: (dice) => one(withNul(dice, 'GET /jobs HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n')),
  random_bytes: (dice) => ({ chunks: [dice.bytes(1 + dice.number(2_000))], ending: 'end' }),
  mutated_bytes: (dice) => ({ chunks: [mutated(dice, smuggled.replace(smuggledName, 'mutated'))], ending: 'end' }),
  line_endings: (dice) =>
    one(dice.pick(['\n', '\r', '\n\r', '\r\r\n', '\v\n']), 'GET /jobs HTTP/1.1', 'Host: a', '', ''),
  chunk_framing: (dice) => one(`${chunkedHead}${chunks(dice)}`),
  smuggling: (dice) => one(smuggling(dice)),
  paths: (dice) => one(`${dice.pick(['GET', 'DELETE', 'PATCH'])} ${path(dice)} HTTP/1.1\r\nHost: a\r\n\r\n`),
  queries: (dice) => one(`GET /jobs${query(dice)} HTTP/1.1\r\nHost: a\r\n\r\n`),
  methods: (dice) => one(`${dice.pick(methods)} ${dice.pick(paths)} HTTP/1.1\r\nHost: a\r\n\r\n`),
  half_requests: (dice) => half(dice),
  pipelining: (dice) => pipelined(2 + dice.number(40)),
};

function one(...parts: string[]): Omit<HostileRequest, 'kind'> {
  const [first = '', ...rest] = parts;
  return { chunks: [Buffer.from(rest.length === 0 ? first : rest.join(first), 'latin1')], ending: 'wait' };
}

const methods = ['OPTIONS', 'TRACE', 'PUT', 'PROPFIND', 'QUERY', 'LINK', 'PURGE', 'CONNECT', 'HEAD', 'get', 'M-SEARCH'];
const paths = [
  '/jobs',
  '/jobs/pending',
  '/',
  '*',
  '/docs',
  '/docs/static/',
  '/metrics',
  '/openapi.json',
  'http://x/jobs',
];
const targets = [
  '/jobs',
  '',
  ' ',
  '*',
  'jobs',
  '//',
  '/jobs#x',
  'http://',
  'http://[',
  'a:80',
  '/ jobs',
  '/jobs\t',
  '/\xff',
];

function requestLine(dice: Dice): string {
  const method = dice.pick(['GET', '', 'G E T', 'GET\0', '\xff', 'A'.repeat(1 + dice.number(20_000)), 'PRI', '{']);
  const version = dice.pick([
    'HTTP/1.1',
    'HTTP/1.0',
    'HTTP/2.0',
    'HTTP/9.9',
    'HTTP/1.1 ',
    'http/1.1',
    'HTTP/1',
    '',
    'HTTPS/1.1',
  ]);
  return `${method} ${dice.pick(targets)} ${version}`;
}

const headerNames = [
  'X',
  '',
  ' X',
  'X ',
  'X\0',
  'Host',
  'Content-Length',
  'Transfer-Encoding',
  'Expect',
  'Connection',
  'Upgrade',
  'Authorization',
  'Accept-Version',
  'Accept-Encoding',
  'Range',
  'If-None-Match',
  '\xe2\x82\xac',
  'Content-Type',
  'Cookie',
  '__proto__',
  'constructor',
];
const headerValues = [
  '',
  ' ',
  'y',
  '\0',
  '\x7f',
  '\x1b[31m',
  '-1',
  '+5',
  '0x10',
  '5,6',
  '99999999999999999999',
  'chunked',
  'xchunked',
  'identity',
  'chunked, chunked',
  '100-continue',
  'close, upgrade',
  'h2c',
  'bytes=0-,0-,0-',
  '*',
  '\xc3\x28',
  'a\r\n b',
  'a\n b',
  '..',
  '%s%n',
  '%{x}',
  'Bearer ',
  `Bearer ${'='.repeat(500)}`,
  `Bearer ${' '.repeat(3_000)}x`,
];

function headerLine(dice: Dice): string {
  const lines = Array.from({ length: 1 + dice.number(3) }, () => {
    return `${dice.pick(headerNames)}${dice.pick([': ', ':', ' : ', '', '\t:', '=:'])}${dice.pick(headerValues)}`;
  });
  return lines.join(dice.pick(['\r\n', '\r\n', '\n', '\r']));
}

function hugeHeaders(dice: Dice): string {
  const size = 12_000 + dice.number(40_000);
  const shapes = [
    () => `X: ${'y'.repeat(size)}`,
    () => `${'x'.repeat(size)}: y`,
    () => Array.from({ length: 5_000 }, (_, i) => `X${i}: y`).join('\r\n'),
    () => `Cookie: ${'a=b; '.repeat(size / 5)}`,
    () => 'X: y\r\n'.repeat(3_000).trimEnd(),
  ];
  return dice.pick(shapes)();
}

function withNul(dice: Dice, text: string): string {
  const at = dice.number(text.length);
  return `${text.slice(0, at)}\0${text.slice(at)}`;
}

function mutated(dice: Dice, text: string): Buffer {
  const bytes = Buffer.from(text);
  for (let i = 0; i <= dice.number(6); i += 1) bytes[dice.number(bytes.length)] = dice.number(256);
  return dice.chance(0.3) ? bytes.subarray(0, dice.number(bytes.length)) : bytes;
}

const chunkedHead = `POST /jobs HTTP/1.1\r\nHost: a\r\n${json}Transfer-Encoding: chunked\r\n\r\n`;

function chunks(dice: Dice): string {
  const size = dice.pick([
    '0',
    '2',
    'zz',
    '-1',
    '0x2',
    'ffffffffffffffff',
    '2;ext',
    `2;${'x'.repeat(30_000)}`,
    '',
    ' 2',
    '2 ',
    '2\n',
    '00000000000000000002',
    '1e1',
  ]);
  const data = dice.pick(['{}', '', '{}{}', '\0', '{"name":"a"}']);
  return `${size}\r\n${data}${dice.pick(['\r\n', '\n', '', '\r'])}0\r\n${dice.pick(['', 'Content-Length: 3\r\n', 'Host: b\r\n', 'X\r\n'])}\r\n`;
}

/** The second request counts as smuggled when it is carried out: each of these must be refused as a whole. */
function smuggling(dice: Dice): string {
  const inner = smuggled;
  const both = [
    `Content-Length: ${inner.length + 5}\r\nTransfer-Encoding: chunked`,
    `Transfer-Encoding: chunked\r\nContent-Length: 6`,
  ];
  const framing = dice.pick([
    ...both,
    ...both,
    `Content-Length: 0\r\nContent-Length: ${inner.length}`,
    `Content-Length: ${inner.length}\r\nContent-Length: 0`,
    'Content-Length: 0,5',
    'Content-Length: +0',
    'Content-Length: 0x0',
    'Content-Length : 0',
    'Content-Length\t: 0',
    'Content-Length: \x0b0',
    'Transfer-Encoding : chunked',
    'Transfer-Encoding: xchunked',
    'Transfer-Encoding: chunked, identity',
    'Transfer-Encoding: identity, chunked, identity',
    'Transfer-Encoding:\x0bchunked',
    'Transfer-Encoding: chunked\x0b',
    'Transfer-Encoding: "chunked"',
    'Transfer-Encoding\0: chunked',
    'X: y\rTransfer-Encoding: chunked',
    'X: y\nTransfer-Encoding : chunked',
  ]);
  const method = dice.pick(['GET', 'POST', 'DELETE']);
  const target = dice.pick(['/jobs', '/health', '/livez']);
  return `${method} ${target} HTTP/1.1\r\nHost: a\r\n${json}${framing}\r\n\r\n0\r\n\r\n${inner}`;
}

const pathParts = [
  '%00',
  '%zz',
  '%',
  '%2e%2e',
  '..',
  '%c0%af',
  '%E0%A4%A',
  '%2f',
  '%5c',
  '\\',
  '%0d%0a',
  '%1b',
  '%u0041',
  '__proto__',
  'constructor',
  'pending',
  ';',
  '%25',
  "'",
  '"',
  '<script>',
  '%F0%9F%92%A9',
  '0',
  '019a4e0c-5d6f-7a31-9c42-0c8f6e1b2d3a',
  'a'.repeat(101),
  'a'.repeat(9_000),
];

function path(dice: Dice): string {
  const start = dice.pick(['/jobs/', '/errors/', '/docs/static/', '/', '/jobs', '/openapi.json/', '/docs/']);
  return (
    start + Array.from({ length: 1 + dice.number(3) }, () => dice.pick(pathParts)).join(dice.pick(['', '/', '//']))
  );
}

const queryNames = [
  'state',
  'queue',
  'name',
  'label',
  'limit',
  'cursor',
  '__proto__',
  'constructor',
  'x',
  '',
  'label[]',
  'state[0]',
  '%zz',
  'limit%00',
];
const queryValues = [
  '',
  '0',
  '-1',
  '1e3',
  '1001',
  '9'.repeat(400),
  'NaN',
  'null',
  'true',
  '%zz',
  '%00',
  'a=b',
  '=',
  'a=b=c',
  'running,failed',
  ','.repeat(2_000),
  'WzIsNF0',
  'W10',
  'WzFlOTldXQ',
  'WyJhIl0',
  'AAAA',
  '[]',
  '%5B1%5D',
  "'; drop table jobs; --",
  '%',
  '*',
  '.*',
  '(a+)+$',
  'a'.repeat(6_000),
  '%F0%9F%92%A9',
];

function query(dice: Dice): string {
  const pairs = Array.from({ length: 1 + dice.number(5) }, () => `${dice.pick(queryNames)}=${dice.pick(queryValues)}`);
  const list = dice.pick(['', '/pending', '/running']);
  return encodeSpaces(`${list}?${pairs.join(dice.pick(['&', '&', ';', '&&']))}`);
}

function encodeSpaces(text: string): string {
  return text.replaceAll(' ', '+');
}

const whole = `POST /jobs HTTP/1.1\r\nHost: a\r\n${json}Content-Length: 12\r\n\r\n{"name":"h"}`;

/** Stops somewhere before the end, and goes away politely or not. */
function half(dice: Dice): Omit<HostileRequest, 'kind'> {
  const cut = 1 + dice.number(whole.length - 2);
  const at = dice.number(cut);
  const bytes = Buffer.from(whole);
  return { chunks: [bytes.subarray(0, at), bytes.subarray(at, cut)], ending: dice.pick(['end', 'reset'] as const) };
}

/** Good requests, too many at once; each has its answer, in order. */
function pipelined(count: number): Omit<HostileRequest, 'kind'> {
  const get = 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n';
  return { chunks: [Buffer.from(get.repeat(count))], ending: 'wait', answers: Array<number>(count).fill(200) };
}
