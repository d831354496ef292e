import { expect, it } from 'vitest';
import type { TokenEntry } from '../../../../internal/authentication/token-entry.ts';
import { TokenTable } from '../../../../internal/authentication/token-table.ts';
import { sha256Of, tokenOf } from '../../../support/tokens.ts';

function entryOf(token: string, name = 'ci'): TokenEntry {
  return { name, role: 'read', sha256: sha256Of(token) };
}

it('finds the entry of each token and of no other', () => {
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const table = new TokenTable(letters.map((letter) => entryOf(tokenOf(letter), letter)));
  expect(table.size).toBe(26);
  for (const letter of letters) expect(table.find(tokenOf(letter))?.name).toBe(letter);
  for (const other of [...'ABC']) expect(table.find(tokenOf(other))).toBeUndefined();
});

it('does not take the hash for the token', () => {
  const token = tokenOf('a');
  const table = new TokenTable([entryOf(token)]);
  expect(table.find(sha256Of(token))).toBeUndefined();
  expect(table.find('')).toBeUndefined();
  expect(table.find(`${token}a`)).toBeUndefined();
  expect(table.find(token.slice(0, -1))).toBeUndefined();
});

it('compares the whole hash, not only the half that finds it', () => {
  const token = tokenOf('a');
  const digest = sha256Of(token);
  const twin = { ...entryOf(token, 'twin'), sha256: digest.slice(0, 63) + (digest.endsWith('0') ? '1' : '0') };
  expect(new TokenTable([twin]).find(token)).toBeUndefined();
  expect(new TokenTable([twin, entryOf(token)]).find(token)?.name).toBe('ci');
});

it('without tokens finds none', () => {
  expect(new TokenTable([]).find(tokenOf('a'))).toBeUndefined();
});

it('answers the same for a token that it has seen before', () => {
  const table = new TokenTable([entryOf(tokenOf('a'), 'a'), entryOf(`${tokenOf('a')}b`, 'b')]);
  for (let i = 0; i < 3; i += 1) {
    expect(table.find(tokenOf('a'))?.name).toBe('a');
    expect(table.find(`${tokenOf('a')}b`)?.name).toBe('b');
    expect(table.find(`${tokenOf('a')}c`)).toBeUndefined();
    expect(table.find(tokenOf('a').slice(0, -1))).toBeUndefined();
    expect(table.find(`${tokenOf('a').slice(0, -1)}b`)).toBeUndefined();
  }
});

it('does not take a character for another of the same low byte', () => {
  const table = new TokenTable([entryOf('abc')]);
  expect(table.find('abc')?.name).toBe('ci');
  expect(table.find('\u0161bc')).toBeUndefined();
});
