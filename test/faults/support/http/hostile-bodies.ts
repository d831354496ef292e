// Bodies that are meant to hurt: deep, huge, ambiguous or not JSON at all, sent as a well-formed request. Each is decided
// by a seed. What comes back is a 4xx, or a 201 where the body happens to be a good one.
import { submissionBody } from '../../../../pkg/api/schemas/submission.ts';
import type { Dice } from './dice.ts';
import type { HostileRequest } from './hostile-request.ts';

type Maker = (dice: Dice) => Omit<HostileRequest, 'kind'>;

export const bodyMakers: Readonly<Record<string, Maker>> = {
  deep_json: (dice) => submitted(deep(dice)),
  prototype_keys: (dice) => submitted(prototypes(dice)),
  duplicate_keys: (dice) => submitted(duplicates(dice)),
  huge_numbers: (dice) => submitted(`{"name":"n","priority":${number(dice)}}`),
  lone_surrogates: (dice) => submitted(inSomeField(dice, dice.pick(surrogates))),
  invalid_utf8: (dice) => submitted(Buffer.concat([Buffer.from('{"name":"'), badUtf8(dice), Buffer.from('"}')])),
  control_characters: (dice) => submitted(inSomeField(dice, dice.pick(controls))),
  long_texts: (dice) => submitted(inSomeField(dice, 'x'.repeat(65_536))),
  wrong_types: (dice) => submitted(`{"name":"n","${dice.pick(fields)}":${dice.pick(values)}}`),
  many_members: (dice) => submitted(manyMembers(dice)),
  broken_json: (dice) => submitted(broken(dice)),
  bodies_over_the_limit: (dice) => overTheLimit(dice),
  content_types: (dice) => submitted('{"name":"n"}', `Content-Type: ${dice.pick(types)}\r\n`),
  content_encodings: (dice) =>
    submitted('{"name":"n"}', `${jsonType}Content-Encoding: ${dice.pick(['gzip', 'br', 'x', '', 'identity'])}\r\n`),
};

const jsonType = 'Content-Type: application/json\r\n';
const target = '/jobs';
const mebibyte = 1_048_576;
const fields = [...Object.keys(submissionBody.properties), 'unknown', 'toString', ''];
const values = [
  'null',
  'true',
  '0',
  '-0',
  '1.5',
  '""',
  '"x"',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '{"":null}',
  '{"a":{"b":{}}}',
  '[{"name":1}]',
  '[{"name":"A","value":"b","valueFrom":{}}]',
  '{"requests":{"cpu":1}}',
  '{"limits":{"cpu":"-1"}}',
  '["\\u0000"]',
  '{"a":"b"}',
  '{"spec":[]}',
];
const surrogates = ['\\ud800', '\\udfff', '\\udc00\\ud800', 'a\\ud83d', '\\ud83d\\ud83d\\ude00'];
const controls = [
  '\\u0000',
  '\\n',
  '\\u001b[31m',
  '\\u009b31m',
  '\\u202e',
  '\\u2028',
  '\\r\\nset-cookie: a=b',
  '\\b\\b',
  '{\\"level\\":60}',
  '\\u007f',
  '$(id)',
  '%s%s%n',
  '<script>',
  "'; drop table jobs; --",
];
const types = [
  'text/plain',
  'application/xml',
  'application/json; charset=utf-16',
  'application/json; charset="',
  'application/json;',
  'APPLICATION/JSON',
  'application/json, text/plain',
  'application/json\t',
  '',
  ';',
  'a'.repeat(9_000),
  'multipart/form-data; boundary=x',
  'application/vnd.api+json',
  '\xff',
  'application/json; a=b; a=c',
];

function submitted(body: string | Buffer, headers = jsonType): Omit<HostileRequest, 'kind'> {
  const bytes = Buffer.from(body as string);
  const head = `POST ${target} HTTP/1.1\r\nHost: a\r\n${headers}Content-Length: ${bytes.length}\r\n\r\n`;
  return { chunks: [Buffer.from(head, 'latin1'), bytes], ending: 'wait' };
}

function deep(dice: Dice): string {
  const levels = dice.pick([10, 63, 64, 65, 1_000, 20_000, 150_000]);
  const [open, close] = dice.pick([
    ['[', ']'],
    ['{"a":', '}'],
  ] as const);
  const nested = `${open.repeat(levels)}1${dice.chance(0.8) ? close.repeat(levels) : ''}`;
  return dice.pick([
    nested,
    `{"name":"n","template":${nested}}`,
    `{"name":"n","template":{"a":${nested}}}`,
    `{"name":"n","env":[{"name":"A","valueFrom":{"a":${nested}}}]}`,
  ]);
}

function prototypes(dice: Dice): string {
  const key = dice.pick([
    '__proto__',
    '\\u005f_proto__',
    'constructor',
    'prototype',
    'hasOwnProperty',
    'toString',
    'valueOf',
    '__defineGetter__',
  ]);
  const value = dice.pick(['{}', '{"name":"x"}', 'null', '{"prototype":{"polluted":true}}', '"x"', '1']);
  const member = `"${key}":${value}`;
  return dice.pick([
    `{${member}}`,
    `{"name":"n",${member}}`,
    `{"name":"n","labels":{${member}}}`,
    `{"name":"n","annotations":{${member}}}`,
    `{"name":"n","template":{${member}}}`,
    `{"name":"n","resources":{"limits":{${member}}}}`,
  ]);
}

function duplicates(dice: Dice): string {
  const key = dice.pick(['name', 'priority', 'labels']);
  return `{"name":"a","${key}":${dice.pick(values)},"${key}":${dice.pick(values)},"name":${dice.pick(['"b"', 'null', '"B"'])}}`;
}

function number(dice: Dice): string {
  return dice.pick([
    '1e400',
    '-1e400',
    '9'.repeat(5_000),
    '0.1',
    '1e0',
    '1e6',
    '1000001',
    '-1000001',
    '-0',
    '1e-400',
    '9007199254740993',
    '0x10',
    '01',
    '+1',
    '1_000',
    'Infinity',
    'NaN',
    `1${'0'.repeat(300)}`,
    '1e+06',
    '10E5',
  ]);
}

function inSomeField(dice: Dice, text: string): string {
  return dice.pick([
    `{"name":"${text}"}`,
    `{"name":"n","queue":"${text}"}`,
    `{"name":"n","namespace":"${text}"}`,
    `{"name":"n","image":"${text}"}`,
    `{"name":"n","command":["${text}"]}`,
    `{"name":"n","args":["${text}"]}`,
    `{"name":"n","env":[{"name":"${text}"}]}`,
    `{"name":"n","env":[{"name":"A","value":"${text}"}]}`,
    `{"name":"n","labels":{"a":"${text}"}}`,
    `{"name":"n","labels":{"${text}":"a"}}`,
    `{"name":"n","annotations":{"a":"${text}"}}`,
    `{"name":"n","annotations":{"${text}":"a"}}`,
    `{"name":"n","${text}":1}`,
    `{"name":"n","resources":{"limits":{"${text}":"${text}"}}}`,
    `{"name":"n","template":{"${text}":"${text}"}}`,
  ]);
}

function badUtf8(dice: Dice): Buffer {
  const known = ['c080', 'ff', 'eda080', 'f8888080', 'c3', 'e28228', 'f0288cbc', '80', 'f4908080', 'efbbbf'];
  return Buffer.from(dice.pick(known), 'hex');
}

function manyMembers(dice: Dice): string {
  const count = dice.pick([65, 1_025, 20_000, 60_000]);
  const members = (of: (i: number) => string): string => Array.from({ length: count }, (_, i) => of(i)).join(',');
  return dice.pick([
    () => `{${members((i) => `"k${i}":1`)}}`,
    () => `{"name":"n","labels":{${members((i) => `"k${i}":"v"`)}}}`,
    () => `{"name":"n","env":[${members((i) => `{"name":"N${i}"}`)}]}`,
    () => `{"name":"n","args":[${members(() => '""')}]}`,
    () => `[${members(() => '{}')}]`,
    () => `{"name":"n","template":{"a":[${members(() => '{}')}]}}`,
  ])();
}

function broken(dice: Dice): string {
  const good = '{"name":"n","priority":1,"labels":{"a":"b"},"args":["x"]}';
  return dice.pick([
    '',
    ' ',
    'null',
    '[]',
    '"x"',
    '1',
    'true',
    '{',
    '}',
    '{]',
    '[1,]',
    '{"name":"n",}',
    "{'name':'n'}",
    '{"name":"n"}{"name":"m"}',
    '\ufeff{"name":"n"}',
    '{"name":"n"}\0',
    '/* */{}',
    '{"name":"n"//\n}',
    good.slice(0, dice.number(good.length)),
    good.replace(':', ''),
    `${' '.repeat(900_000)}{}`,
  ]);
}

function overTheLimit(dice: Dice): Omit<HostileRequest, 'kind'> {
  const size = mebibyte + 1 + dice.number(500_000);
  if (dice.chance(0.5)) return submitted(`{"name":"${'x'.repeat(size)}"}`);
  const head = `POST ${target} HTTP/1.1\r\nHost: a\r\n${jsonType}Transfer-Encoding: chunked\r\n\r\n`;
  const piece = Buffer.alloc(65_536, ' ');
  const pieces = Array.from({ length: Math.ceil(size / piece.length) }, () =>
    Buffer.concat([Buffer.from('10000\r\n'), piece, Buffer.from('\r\n')]),
  );
  return { chunks: [Buffer.from(head), ...pieces, Buffer.from('0\r\n\r\n')], ending: 'wait' };
}
