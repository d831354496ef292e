import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesToUuid, uuidToBytes } from '../../../../internal/queue/uuid-bytes.ts';

describe('a UUID as bytes', () => {
  test('has the bytes in the order of the text', () => {
    const bytes = uuidToBytes('00112233-4455-6677-8899-aabbccddeeff');
    expect([...bytes]).toEqual([...Array(16).keys()].map((n) => n * 0x11));
  });

  test('comes back as the same text, of any version', () => {
    const property = fc.property(fc.uuid(), (id) => {
      expect(bytesToUuid(uuidToBytes(id))).toBe(id);
    });
    fc.assert(property);
  });

  test('is read in upper case and written in lower case', () => {
    expect(bytesToUuid(uuidToBytes('019A0000-ABCD-7EF0-8000-00000000BEEF'))).toBe(
      '019a0000-abcd-7ef0-8000-00000000beef',
    );
  });

  test('is written and read at an offset, and nothing beside it is touched', () => {
    const id = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    const bytes = uuidToBytes(id, new Uint8Array(20), 3);
    expect([...bytes]).toEqual([0, 0, 0, ...Array(16).fill(255), 0]);
    expect(bytesToUuid(bytes, 3)).toBe(id);
  });

  test.each([
    ['the empty text', ''],
    ['a digit too few', '019a0000-0000-7000-8000-00000000000'],
    ['a digit too many', '019a0000-0000-7000-8000-0000000000000'],
    ['no hyphens', '019a00000000700080000000000000000000'],
    ['a hyphen in the wrong place', '019a000-00000-7000-8000-000000000000'],
    ['a letter that is no digit', '019a0000-0000-7000-8000-00000000000g'],
    ['a space', ' 19a0000-0000-7000-8000-000000000000'],
    ['the neighbours of the digits in ASCII', '/:@G`g00-0000-7000-8000-000000000000'],
    ['a character whose low bits are a digit', '019a0000-0000-7000-8000-00000000000\u0130'],
    ['a character beyond 16 bits of it', '019a0000-0000-7000-8000-0000000000\u{1f600}'],
  ])('%s is refused by name', (_what, id) => {
    expect(() => uuidToBytes(id)).toThrow(new RangeError(`not a UUID: ${JSON.stringify(id)}`));
  });

  test('any text with one wrong character is refused', () => {
    const wrong = fc.string({ minLength: 1, maxLength: 1 }).filter((character) => !/[0-9a-f]/i.test(character));
    const property = fc.property(fc.uuid(), fc.nat(35), wrong, (id, at, character) => {
      const text = id.slice(0, at) + character + id.slice(at + 1);
      if (text !== id) expect(() => uuidToBytes(text)).toThrow(RangeError);
    });
    fc.assert(property);
  });

  test.each([[undefined], [null], [7], [{}]])('%s, which is no text, is refused', (value) => {
    expect(() => uuidToBytes(value as unknown as string)).toThrow(RangeError);
  });
});
