// The saved log of an attempt whose pods are gone: the text of its result, or of that what was asked for. Its lines are those
// of the result, with a head for each pod and each container.
import { Readable } from 'node:stream';
import type { Cluster } from '../../pkg/kubernetes/cluster.ts';
import { findResult, readLog } from '../../pkg/kubernetes/results/saved-result.ts';
import type { Attempt } from '../../pkg/models/index.ts';

export interface SavedLogRequest {
  container?: string;
  /** Of the whole text. */
  tail?: number;
}

/** Undefined when there is none, or it cannot be had. */
export async function savedLog(
  cluster: Pick<Cluster, 'get'>,
  { workload: { kind, namespace, name, uid } }: Attempt,
  request: SavedLogRequest,
): Promise<Readable | undefined> {
  if (kind !== 'Job' || uid === undefined) return undefined;
  const found = await findResult(cluster, namespace, name, uid);
  if (found.outcome !== 'ok' || found.value === undefined) return undefined;
  const log = await readLog(cluster, found.value);
  if (log.outcome !== 'ok') return undefined;
  const { text, problem } = log.value;
  const said = Buffer.from(
    `[kubejobs] the pods are gone; this is what was saved${problem ? `, but ${problem}` : ''}\n`,
  );
  return Readable.from([said, lastLines(ofContainer(text, request.container), request.tail)]);
}

/** From each head of this container to the next head. */
function ofContainer(text: Buffer, container: string | undefined): Buffer {
  if (container === undefined) return text;
  const pieces: Buffer[] = [];
  let taking = false;
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf(0x0a, at);
    const end = newline < 0 ? text.length : newline + 1;
    const line = text.subarray(at, end);
    const head = line.subarray(0, 400).toString('latin1');
    if (/^Container: .*, State: /.test(head)) taking = head.startsWith(`Container: ${container}, State: `);
    else if (/^=== Pod: .* ===$/.test(head.trimEnd())) taking = false;
    else if (taking) pieces.push(line);
    at = end;
  }
  return Buffer.concat(pieces);
}

function lastLines(text: Buffer, count: number | undefined): Buffer {
  if (count === undefined) return text;
  if (count === 0) return Buffer.alloc(0);
  let at = text.at(-1) === 0x0a ? text.length - 1 : text.length;
  for (let left = count; left > 0 && at > 0; left -= 1) at = text.lastIndexOf(0x0a, at - 1);
  return at <= 0 ? text : text.subarray(at + 1);
}
