import { describe, expect, it } from 'vitest';
import { tokenEntriesOf } from '../../../../internal/authentication/tokens-document.ts';
import { sha256Of, tokenOf } from '../../../support/tokens.ts';

const token = tokenOf('x');
const hash = sha256Of(token);
const other = sha256Of(tokenOf('y'));

describe('a tokens file', () => {
  it('lists names, roles, hashes and perhaps ends', () => {
    const text = `
# the pipeline
- name: ci
  role: submit
  sha256: ${hash}
  expires_at: 2027-01-31T01:00:00+01:00
- {name: "123", role: admin, sha256: ${other.toUpperCase()}}
`;
    expect(tokenEntriesOf(text)).toEqual([
      { name: 'ci', role: 'submit', sha256: hash, expiresAt: Date.UTC(2027, 0, 31) },
      { name: '123', role: 'admin', sha256: other },
    ]);
  });

  it('may be JSON', () => {
    const entry = { name: 'ci', role: 'read', sha256: hash };
    expect(tokenEntriesOf(JSON.stringify([entry]))).toEqual([entry]);
  });

  it('may be an empty list, which lets nobody in', () => {
    expect(tokenEntriesOf('[]')).toEqual([]);
  });

  it.each(['2027-01-31T00:00:00Z', '2027-01-31t00:00:00z', '2027-01-31T00:00:00.000Z', '2027-01-30T23:30:00-00:30'])(
    'may end a token at %s',
    (time) => {
      const [entry] = tokenEntriesOf(`[{name: a, role: read, sha256: ${hash}, expires_at: ${JSON.stringify(time)}}]`);
      expect(entry?.expiresAt).toBe(Date.UTC(2027, 0, 31));
    },
  );
});

const good = `name: ci, role: read, sha256: ${hash}`;
const listWords = 'must be a list of tokens, each with name, role, sha256, expires_at';
const nameWords =
  'entry 1 must have a name of 1 to 63 letters, digits, "-", "_" and ".", beginning with a letter or a digit';
const roleWords = 'entry 1 (ci) must have a role of read, submit, admin';
const hashWords =
  /^entry 1 \(ci\) must have a sha256 of 64 hexadecimal digits, the hash of the token and not the token/;
const timeWords = /^entry 1 \(ci\) must have an expires_at as in RFC 3339, such as "2027-01-31T00:00:00Z", or none$/;

const mistakes: Array<[what: string, text: string, says: string | RegExp]> = [
  ['an empty file', '', listWords],
  ['comments alone', '# soon\n', listWords],
  ['a token alone', token, listWords],
  ['a map', `ci: {role: read, sha256: ${hash}}`, listWords],
  ['broken YAML', `- name: ci\n  role: [${token}\n`, /^is not valid YAML at line 3, column 1 \([A-Z_]+\)$/],
  ['a field twice', `- {${good}, name: cd}`, /^is not valid YAML at line 1, column \d+ \(DUPLICATE_KEY\)$/],
  ['two documents', `- {${good}}\n---\n- {${good}}`, /^is not valid YAML at line 2, column 1/],
  ['an alias of nothing', '- *token', listWords.replace('must be', 'uses YAML that cannot be resolved; it must be')],
  ['an entry that is a text', `- ${token}`, 'entry 1 must have name, role, sha256, expires_at'],
  ['an entry that is nothing', '- \n', 'entry 1 must have name, role, sha256, expires_at'],
  [
    'an unknown field',
    `- {${good}}\n- {name: cd, role: read, sha256: ${other}, token: ${token}}`,
    'entry 2 (cd) has a field "token" that is not known; allowed are name, role, sha256, expires_at',
  ],
  [
    'an unknown field that may be a secret',
    `- {${good}, ${token}: 1}`,
    'entry 1 (ci) has a field that is not known; allowed are name, role, sha256, expires_at',
  ],
  ['no name', `- {role: read, sha256: ${hash}}`, nameWords],
  ['a name that is a number', `- {name: 7, role: read, sha256: ${hash}}`, nameWords],
  ['a name with spaces', `- {name: "the pipeline", role: read, sha256: ${hash}}`, nameWords],
  ['a name with a line break', `- {name: "a\\nb", role: read, sha256: ${hash}}`, nameWords],
  ['a long name', `- {name: ${'a'.repeat(64)}, role: read, sha256: ${hash}}`, nameWords],
  ['no role', `- {name: ci, sha256: ${hash}}`, roleWords],
  ['another role', `- {name: ci, role: root, sha256: ${hash}}`, roleWords],
  ['a role of other letters', `- {name: ci, role: Admin, sha256: ${hash}}`, roleWords],
  ['two roles', `- {name: ci, role: [read, admin], sha256: ${hash}}`, roleWords],
  ['no hash', '- {name: ci, role: read}', hashWords],
  ['the token for its hash', `- {name: ci, role: read, sha256: ${token}}`, hashWords],
  ['half a hash', `- {name: ci, role: read, sha256: ${hash.slice(1)}}`, hashWords],
  ['a date for a time', `- {${good}, expires_at: 2027-01-31}`, timeWords],
  ['a day that there is not', `- {${good}, expires_at: "2027-02-30T00:00:00Z"}`, timeWords],
  ['an hour that there is not', `- {${good}, expires_at: "2027-01-31T25:00:00Z"}`, timeWords],
  ['a time of no zone', `- {${good}, expires_at: "2027-01-31T00:00:00"}`, timeWords],
  ['a duration for a time', `- {${good}, expires_at: 90d}`, timeWords],
  ['no time', `- {${good}, expires_at: null}`, timeWords],
  [
    'a name twice',
    `- {${good}}\n- {name: ci, role: admin, sha256: ${other}}`,
    'entry 2 (ci) has the name of entry 1; each must be its own',
  ],
  [
    'a token twice',
    `- {${good}}\n- {name: cd, role: admin, sha256: ${hash.toUpperCase()}}`,
    'entry 2 (cd) has the token (the same sha256) of entry 1; each must be its own',
  ],
];

describe('a tokens file is refused, with the entry and what is allowed, for', () => {
  it.each(mistakes)('%s', (_what, text, says) => {
    let message = '';
    try {
      tokenEntriesOf(text);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(typeof says === 'string' ? says.slice(0, 40) : says);
    if (typeof says === 'string') expect(message).toBe(says);
    for (const secret of [token, hash, other]) expect(message).not.toContain(secret);
  });
});
