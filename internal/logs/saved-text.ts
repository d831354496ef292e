// What is asked for of the text of a saved log. The text has a head for each pod and each container; which heads to expect, and
// in what order, is known from the result, so that a program can print what looks like one. Pure.
import type { SavedResult } from '../../pkg/kubernetes/results/saved-result.ts';

const newline = 0x0a;
const longestHead = 1_400;

/** What stands under the heads of this container; undefined when there is none. */
export function containerSection(text: Buffer, result: SavedResult, container: string): Buffer | undefined {
  const wanted = containerHead(container);
  const expected = headsOf(result.pods);
  // The pods that did not fit have their heads in the text all the same.
  const hasMore = expected.length === 0 || result.podsOmitted !== undefined;
  let pieces: Buffer[] | undefined;
  let taking = false;
  let next = 0;
  for (const line of linesOf(text)) {
    const start = line.subarray(0, longestHead).toString('utf8');
    const head = expected[next];
    const isHead = head === undefined ? hasMore && looksLikeHead(start) : start.startsWith(head);
    if (isHead) {
      taking = start.startsWith(wanted);
      if (taking) pieces ??= [];
      next += 1;
    } else if (taking) pieces?.push(line);
  }
  return pieces && Buffer.concat(pieces);
}

/** All when `count` is undefined. */
export function lastLines(text: Buffer, count: number | undefined): Buffer {
  if (count === undefined) return text;
  if (count === 0) return Buffer.alloc(0);
  let at = text.at(-1) === newline ? text.length - 1 : text.length;
  for (let left = count; left > 0; left -= 1) {
    at = at === 0 ? -1 : text.lastIndexOf(newline, at - 1);
    if (at < 0) return text;
  }
  return text.subarray(at + 1);
}

/** In the order of the text. What people made of it is taken as it comes. */
function headsOf(pods: readonly unknown[]): string[] {
  return pods.flatMap((each) => {
    const { name, containers } = (each ?? {}) as { name?: unknown; containers?: unknown };
    const inner = Array.isArray(containers) ? containers : [];
    return [`=== Pod: ${name} ===\n`, ...inner.map((one) => containerHead(String(one?.name)))];
  });
}

function containerHead(name: string): string {
  return `Container: ${name.replaceAll(/\s+/g, ' ')}, State: `;
}

function looksLikeHead(start: string): boolean {
  return /^Container: .*, State: /.test(start) || /^=== Pod: .* ===$/.test(start.trimEnd());
}

function* linesOf(text: Buffer): Generator<Buffer> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf(newline, at);
    const next = end < 0 ? text.length : end + 1;
    yield text.subarray(at, next);
    at = next;
  }
}
