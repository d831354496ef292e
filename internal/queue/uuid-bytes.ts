/**
 * UUID text ↔ 16 bytes (RFC 9562, network order). Any version and either case is read; lower case is written.
 * The text is made in one piece: a string joined from parts drags all of them along, at several times its own weight.
 */

export const UUID_BYTES = 16;

const TEXT_LENGTH = 36;
const HYPHEN = 0x2d;
const DIGITS = Buffer.from('0123456789abcdef', 'latin1');

/** Where each byte's two digits begin in the text. */
const DIGITS_AT = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34);

/** The value of every ASCII hex digit. All else has the top bit set: one OR over a whole text finds a wrong character. */
const WRONG = 0x80;
const DIGIT_VALUES = new Uint8Array(128).fill(WRONG);
DIGITS.forEach((code, value) => {
  DIGIT_VALUES[code] = value;
  DIGIT_VALUES[String.fromCharCode(code).toUpperCase().charCodeAt(0)] = value;
});

const text = Buffer.alloc(TEXT_LENGTH, '-');

/**
 * Writes the 16 bytes of `id` into `target` at `offset` and returns `target`.
 * Throws a RangeError that names the value when it is no UUID; what `target` holds there is then undefined.
 */
export function uuidToBytes(id: string, target: Uint8Array = new Uint8Array(UUID_BYTES), offset = 0): Uint8Array {
  let seen = hasUuidShape(id) ? 0 : WRONG;
  for (let i = 0; i < UUID_BYTES && seen < WRONG; i++) {
    const at = DIGITS_AT[i] as number;
    const high = id.charCodeAt(at);
    const low = id.charCodeAt(at + 1);
    const highValue = DIGIT_VALUES[high & 0x7f] as number;
    const lowValue = DIGIT_VALUES[low & 0x7f] as number;
    seen |= high | low | highValue | lowValue;
    target[offset + i] = (highValue << 4) | lowValue;
  }
  if (seen >= WRONG) throw new RangeError(`not a UUID: ${JSON.stringify(id)}`);
  return target;
}

/** The canonical text of the 16 bytes at `offset`. */
export function bytesToUuid(bytes: Uint8Array, offset = 0): string {
  for (let i = 0; i < UUID_BYTES; i++) {
    const byte = bytes[offset + i] as number;
    const at = DIGITS_AT[i] as number;
    text[at] = DIGITS[byte >>> 4] as number;
    text[at + 1] = DIGITS[byte & 15] as number;
  }
  return text.toString('latin1');
}

function hasUuidShape(id: string): boolean {
  return (
    typeof id === 'string' &&
    id.length === TEXT_LENGTH &&
    id.charCodeAt(8) === HYPHEN &&
    id.charCodeAt(13) === HYPHEN &&
    id.charCodeAt(18) === HYPHEN &&
    id.charCodeAt(23) === HYPHEN
  );
}
