// From what was collected to the ConfigMaps that hold it. Rule: a log that takes more than 900 KiB as it is encoded (control
// characters grow sixfold in JSON) is compressed, and a compressed log that still does is cut into numbered parts. The main
// ConfigMap comes last: while it is not there, no result is.

import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import {
  type ConfigMap,
  createdLabel,
  jobNameLabel,
  jobNameLabelValue,
  jobUidLabel,
  packedHashKey,
  partName,
  partsKey,
  type ResultStatus,
  resultName,
} from '../../../pkg/kubernetes/results/marks.ts';
import type { PodFacts } from './pod-facts.ts';

export interface ResultInput {
  job: { namespace: string; name: string; uid: string; end: { status: ResultStatus; at: string } };
  pods: PodFacts[];
  omittedPods: number;
  /** Belongs to `resultMaps` from then on. */
  text: Buffer[];
  /** What only the queue's own jobs have, such as `job-id`. */
  own: Record<string, string>;
}

export const longestEncodedBytes = 900 * 1_024;
/** Encoded: what the pods may take beside the log. */
const longestPodsBytes = 200 * 1_024;
/** In base64 four bytes stand for three; some room is left for the rest of the object. */
const partBytes = Math.floor((longestEncodedBytes - 8_192) / 4) * 3;

/** One at a time: in base64 a large log takes a third more than it is. */
export type MapMaker = () => ConfigMap;

/** In the order in which they have to be written. */
export async function resultMaps(input: ResultInput): Promise<MapMaker[]> {
  const name = resultName(input.job.name);
  const { pods, left } = podsThatFit(input.pods);
  const omitted = left + input.omittedPods;
  const data = {
    ...dataOf(input),
    ...input.own,
    pods,
    ...(omitted > 0 ? { 'pods-omitted': String(omitted) } : {}),
  };
  const words = Object.entries(data).flatMap(([key, value]) => [Buffer.from(key), Buffer.from(value)]);
  const room = longestEncodedBytes - encodedBytes(words, longestEncodedBytes) - 8_192;
  if (encodedBytes(input.text, room) <= room) {
    const logs = Buffer.concat(input.text).toString('utf8');
    return [() => mapOf(input, name, { data: { ...data, logs } })];
  }
  const { chunks, sha256, bytes } = await packed(input.text);
  const [first = Buffer.alloc(0)] = chunks;
  const facts = { ...data, 'log-bytes': String(bytes), [packedHashKey]: sha256 };
  if (chunks.length === 1 && (first.length * 4) / 3 <= room) {
    return [() => mapOf(input, name, { data: facts, binaryData: { 'logs.gz': first.toString('base64') } })];
  }
  const parts = chunks.map(
    (chunk, index) => () =>
      mapOf(input, partName(name, index + 1), {
        data: { ...dataOf(input), part: String(index + 1), parts: String(chunks.length), [packedHashKey]: sha256 },
        binaryData: { [`logs.gz.${index + 1}`]: chunk.toString('base64') },
      }),
  );
  return [...parts, () => mapOf(input, name, { data: { ...facts, [partsKey]: String(chunks.length) } })];
}

/** How many bytes the text takes in JSON as the API server writes it; counting ends above `limit`. */
export function encodedBytes(text: readonly Buffer[], limit: number): number {
  let bytes = 0;
  for (const piece of text) {
    // What is no UTF-8 is replaced by a character of three bytes.
    const wide = isUtf8(piece) ? 1 : 3;
    for (const byte of piece) bytes += byte >= 0x80 ? wide : (asciiCosts[byte] as number);
    if (bytes > limit) return bytes;
  }
  return bytes;
}

/** Go's encoding/json also escapes what HTML gives a meaning. */
const asciiCosts = Array.from({ length: 128 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if ('"\\\n\r\t'.includes(character)) return 2;
  return byte < 0x20 || '<>&'.includes(character) ? 6 : 1;
});

function dataOf({ job }: ResultInput): Record<string, string> {
  return { 'job-name': job.name, 'completion-time': job.end.at, status: job.end.status };
}

function mapOf({ job }: ResultInput, name: string, content: Pick<ConfigMap, 'data' | 'binaryData'>): ConfigMap {
  const labels = { [createdLabel]: 'true', [jobNameLabel]: jobNameLabelValue(job.name), [jobUidLabel]: job.uid };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: job.namespace, labels },
    ...content,
  };
}

function podsThatFit(pods: readonly PodFacts[]): { pods: string; left: number } {
  const taken: string[] = [];
  let room = longestPodsBytes;
  for (const pod of pods) {
    const json = JSON.stringify(pod);
    room -= encodedBytes([Buffer.from(json)], room) + 1;
    if (room < 0) break;
    taken.push(json);
  }
  return { pods: `[${taken.join(',')}]`, left: pods.length - taken.length };
}

/** Compressed, in chunks that each fit into a ConfigMap. Takes the text away as it goes: both together would be twice as much. */
async function packed(text: Buffer[]): Promise<{ chunks: Buffer[]; sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  const chunks: Buffer[] = [];
  const bytes = text.reduce((sum, piece) => sum + piece.length, 0);
  for await (const output of Readable.from(takenFrom(text)).pipe(createGzip({ chunkSize: partBytes }))) {
    const next = output as Buffer;
    hash.update(next);
    const last = chunks.at(-1);
    if (last && follows(last, next))
      chunks[chunks.length - 1] = Buffer.from(last.buffer, last.byteOffset, last.length + next.length);
    else chunks.push(next);
  }
  return { chunks, sha256: hash.digest('hex'), bytes };
}

/** zlib fills one buffer of the size of a part after the other, and gives them in slices. */
function follows(last: Buffer, next: Buffer): boolean {
  return last.buffer === next.buffer && last.byteOffset + last.length === next.byteOffset;
}

function* takenFrom(text: Buffer[]): Generator<Buffer> {
  for (let piece = text.shift(); piece; piece = text.shift()) yield piece;
}
