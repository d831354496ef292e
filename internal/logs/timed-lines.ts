// A container's log as lines with their times. A line of more than 64 KiB is cut into several, so that a program that never
// ends its line costs no memory. Bytes stay bytes: nothing is decoded.

export interface TimedLine {
  /** As it came. */
  stamp: string;
  /** The same in a form that can be compared as text. */
  time: string;
  /** Without its end. */
  bytes: Buffer;
}

export const longestLineBytes = 65_536;
const newline = 0x0a;
const longestStamp = 64;

export async function* timedLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TimedLine> {
  let rest: Buffer = Buffer.alloc(0);
  /** Of the line that goes on. */
  let begun: Omit<TimedLine, 'bytes'> | undefined;
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let to = rest.indexOf(newline); to >= 0; to = rest.indexOf(newline, from)) {
      yield lineOf(rest.subarray(from, to), begun);
      begun = undefined;
      from = to + 1;
    }
    rest = rest.subarray(from);
    while (rest.length > longestLineBytes) {
      const line = lineOf(rest.subarray(0, longestLineBytes), begun);
      yield line;
      begun = { stamp: line.stamp, time: line.time };
      rest = rest.subarray(longestLineBytes);
    }
  }
  if (rest.length > 0) yield lineOf(rest, begun);
}

function lineOf(bytes: Buffer, begun: Omit<TimedLine, 'bytes'> | undefined): TimedLine {
  if (begun) return { ...begun, bytes };
  const space = bytes.subarray(0, longestStamp).indexOf(' ');
  const stamp = bytes.subarray(0, Math.max(0, space)).toString('latin1');
  const time = comparable(stamp);
  return time === undefined ? { stamp: '', time: '', bytes } : { stamp, time, bytes: bytes.subarray(space + 1) };
}

/** Times come with as many decimals as they need, and in any zone. */
function comparable(stamp: string): string | undefined {
  const [, whole = '', , fraction = '', zone = ''] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.(\d{1,9}))?(Z|[-+]\d\d:\d\d)$/.exec(stamp) ?? [];
  const seconds = Date.parse(`${whole}${zone}`) / 1_000;
  return Number.isNaN(seconds) ? undefined : `${String(seconds).padStart(12, '0')}.${fraction.padEnd(9, '0')}`;
}
