// Job ids as the stores keep them: canonical text outside, 16 bytes or 32 hex digits inside.
// Packing for the order in memory is here too; nothing here knows a table.

const canonical = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const jobIdBytes = 16;

/** The id in lower case, or `undefined` when the text is not a UUID. */
export function canonicalJobId(text: string): string | undefined {
  const lower = text.toLowerCase();
  return canonical.test(lower) ? lower : undefined;
}

/** The canonical text of 32 lower-case hex digits. */
export function jobIdFromHex(hex: string): string {
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return parts.join('-');
}

/** 16 bytes for each id, one after the other. */
export function packJobIds(jobIds: readonly string[]): Uint8Array {
  const packed = new Uint8Array(jobIds.length * jobIdBytes);
  jobIds.forEach((id, index) => {
    packed.set(Buffer.from(id.replaceAll('-', ''), 'hex'), index * jobIdBytes);
  });
  return packed;
}
