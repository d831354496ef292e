// Reading a saved result back: the main ConfigMap, and the parts of its log when it was too large for one. It trusts nothing
// in them, for people can edit ConfigMaps. It changes nothing.
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type ApiResult, type Cluster, configMapsResource, type KubernetesObject } from '../cluster.ts';
import { fields } from '../pod-template.ts';
import {
  type ConfigMap,
  keptName,
  packedHashKey,
  partCount,
  partName,
  type ResultStatus,
  resultName,
  resultOwner,
} from './marks.ts';

export interface SavedResult {
  namespace: string;
  jobName: string;
  uid: string;
  status: ResultStatus;
  /** RFC 3339. */
  completionTime: string;
  /** Of the queue's jobs. */
  jobId?: string;
  attempt?: number;
  exitCode?: number;
  reason?: string;
  message?: string;
  pods: unknown[];
  /** More than are in `pods`. */
  podsOmitted?: number;
}

export interface SavedLog {
  text: Buffer;
  /** Why not all of it is there. */
  problem?: string;
}

export interface FoundResult {
  result: SavedResult;
  /** The object that says where the log is. */
  main: ConfigMap;
}

type Reader = Pick<Cluster, 'get'>;

/** No result is larger than this, however well it is compressed: at most 64 MiB of logs, and the heads between them. */
const longestLogBytes = 80 * 1_048_576;
const unzipped = promisify(gunzip);

/** With a uid only the result of that very Job, also when a later Job took its name. Undefined when there is none. */
export async function findResult(
  cluster: Reader,
  namespace: string,
  jobName: string,
  uid?: string,
): Promise<ApiResult<FoundResult | undefined>> {
  const names = [resultName(jobName), ...(uid === undefined ? [] : [keptName(jobName, uid)])];
  for (const name of names) {
    const answer = await cluster.get(configMapsResource, namespace, name);
    if (answer.outcome === 'unknown' || (answer.outcome === 'refused' && answer.status !== 404)) return answer;
    const result = answer.outcome === 'ok' ? resultOf(answer.value, jobName) : undefined;
    if (answer.outcome !== 'ok' || !result || (uid !== undefined && result.uid !== uid)) continue;
    return { outcome: 'ok', value: { result, main: answer.value } };
  }
  return { outcome: 'ok', value: undefined };
}

export function resultOf(object: KubernetesObject, jobName: string): SavedResult | undefined {
  const uid = resultOwner(object, jobName);
  const data = fields((object as ConfigMap).data);
  const { status } = data;
  if (uid === undefined || (status !== 'completed' && status !== 'failed')) return undefined;
  return {
    ...{ namespace: object.metadata.namespace ?? '', jobName, uid, status },
    completionTime: textOf(data['completion-time']) ?? '',
    ...present('jobId', textOf(data['job-id'])),
    ...present('attempt', numberOf(data.attempt)),
    ...present('exitCode', numberOf(data['exit-code'])),
    ...present('reason', textOf(data.reason)),
    ...present('message', textOf(data.message)),
    pods: podsOf(data.pods),
    ...present('podsOmitted', numberOf(data['pods-omitted'])),
  };
}

/** Parts that are gone or spoilt make a log with a problem; only an API server that does not answer is a failure. */
export async function readLog(cluster: Reader, { main, result }: FoundResult): Promise<ApiResult<SavedLog>> {
  const data = fields(main.data);
  if (typeof data.logs === 'string') return ok({ text: Buffer.from(data.logs) });
  const whole = fields(main.binaryData)['logs.gz'];
  if (typeof whole === 'string') return ok(await unpacked(Buffer.from(whole, 'base64'), undefined));
  const count = partCount(main);
  const chunks: Buffer[] = [];
  for (let part = 1; part <= count; part += 1) {
    const name = partName(main.metadata.name, part);
    const answer = await cluster.get(configMapsResource, result.namespace, name);
    if (answer.outcome === 'unknown') return answer;
    const isThere = answer.outcome === 'ok' && resultOwner(answer.value, result.jobName) === result.uid;
    const chunk = isThere ? fields((answer.value as ConfigMap).binaryData)[`logs.gz.${part}`] : undefined;
    if (typeof chunk !== 'string') return ok(lost(`part ${part} of ${count} is not there`));
    chunks.push(Buffer.from(chunk, 'base64'));
  }
  return ok(await unpacked(Buffer.concat(chunks), textOf(data[packedHashKey])));
}

async function unpacked(packed: Buffer, sha256: string | undefined): Promise<SavedLog> {
  if (sha256 !== undefined && sha256 !== createHash('sha256').update(packed).digest('hex')) {
    return lost('its parts do not belong together');
  }
  try {
    return { text: await unzipped(packed, { maxOutputLength: longestLogBytes }) };
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    return lost(isTooLarge ? 'it is larger than any result' : 'it is spoilt');
  }
}

function lost(why: string): SavedLog {
  return { text: Buffer.alloc(0), problem: `the saved log cannot be read: ${why}` };
}

function ok<T>(value: T): ApiResult<T> {
  return { outcome: 'ok', value };
}

function podsOf(json: unknown): unknown[] {
  try {
    const pods: unknown = JSON.parse(String(json));
    return Array.isArray(pods) ? pods : [];
  } catch {
    return [];
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : undefined;
}

function present<Name extends string, T>(name: Name, value: T | undefined): { [K in Name]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { [K in Name]?: T };
}
