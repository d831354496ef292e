// The ConfigMap of a result's name: whose it is, how a new result is written there, and how that of an earlier Job of the
// same name is kept under another one. Every write can be repeated; what is not ours is never changed.
import {
  type ApiResult,
  type Cluster,
  configMapsResource,
  type KubernetesObject,
} from '../../../pkg/kubernetes/cluster.ts';
import { fields } from '../../../pkg/kubernetes/pod-template.ts';
import {
  type ConfigMap,
  keptName,
  packedHashKey,
  partCount,
  partName,
  resultName,
  resultOwner,
} from '../../../pkg/kubernetes/results/marks.ts';
import type { Place } from './decide.ts';
import type { ResultJob } from './records.ts';
import type { MapMaker } from './result-maps.ts';

type Store = Pick<Cluster, 'create' | 'get' | 'delete'>;

export async function lookAtPlace(cluster: Store, job: ResultJob): Promise<ApiResult<Place>> {
  const found = await cluster.get(configMapsResource, job.namespace, resultName(job.name));
  if (found.outcome === 'ok') return ok(placeOf(found.value, job));
  return isMissing(found) ? ok({ of: 'nobody' }) : found;
}

function placeOf(object: KubernetesObject, job: ResultJob): Place {
  const uid = resultOwner(object, job.name);
  if (uid === undefined) return { of: 'somebody_else' };
  return uid === job.uid ? { of: 'this_job' } : { of: 'earlier_job', uid };
}

/** In their order: the last is the main one, and a result that is there already stays as it is, with its parts. */
export async function writeResult(
  cluster: Store,
  job: ResultJob,
  maps: readonly MapMaker[],
): Promise<ApiResult<Place>> {
  const left = await removeLeftParts(cluster, job);
  if (left.outcome !== 'ok') return left;
  for (const [index, make] of maps.entries()) {
    const map = make();
    const isMain = index === maps.length - 1;
    const written = isMain ? await writeMain(cluster, job, map) : await writePart(cluster, job, map);
    if (written !== 'written') return written;
  }
  return ok({ of: 'this_job' });
}

/** Those of an earlier Job whose main one was kept elsewhere, by a program that died before it had taken them all away. */
async function removeLeftParts(cluster: Store, job: ResultJob): Promise<ApiResult<unknown>> {
  const left: Array<{ name: string; uid: string }> = [];
  for (;;) {
    const name = partName(resultName(job.name), left.length + 1);
    const found = await cluster.get(configMapsResource, job.namespace, name);
    if (found.outcome !== 'ok' && !isMissing(found)) return found;
    const uid = found.outcome === 'ok' ? resultOwner(found.value, job.name) : undefined;
    if (uid === undefined || uid === job.uid) break;
    left.push({ name, uid });
  }
  // The last first, so that those that remain after an end of the program are found in the same way.
  for (const { name, uid } of left.reverse()) {
    const removed = await removeOurs(cluster, job, name, uid);
    if (removed.outcome !== 'ok') return removed;
  }
  return ok(undefined);
}

/** Anything but `written` is how things stand: no more is to be written. */
type Written = 'written' | ApiResult<Place>;

async function writeMain(cluster: Store, job: ResultJob, map: ConfigMap): Promise<Written> {
  const created = await cluster.create(configMapsResource, map);
  if (created.outcome === 'ok') return 'written';
  return isTaken(created) ? lookAtPlace(cluster, job) : created;
}

/** A part that is there is the same, or of a result that is finished by now, or was never finished, or is kept elsewhere. */
async function writePart(cluster: Store, job: ResultJob, map: ConfigMap): Promise<Written> {
  const { name } = map.metadata;
  const created = await cluster.create(configMapsResource, map);
  if (created.outcome === 'ok') return 'written';
  if (!isTaken(created)) return created;
  const there = await cluster.get(configMapsResource, job.namespace, name);
  if (there.outcome === 'ok' && isSamePart(there.value, map)) return 'written';
  // Somebody else, or a late call of a program before us, may have finished meanwhile: its parts are not to be touched.
  const place = await lookAtPlace(cluster, job);
  if (place.outcome !== 'ok' || place.value.of !== 'nobody') return place;
  const removed = await removeOurs(cluster, job, name);
  if (removed.outcome !== 'ok') return removed;
  if (!removed.value) return ok({ of: 'somebody_else' });
  const again = await cluster.create(configMapsResource, map);
  return again.outcome === 'ok' ? 'written' : again;
}

function isSamePart(there: KubernetesObject, map: ConfigMap): boolean {
  const { 'job-name': jobName = '', [packedHashKey]: hash } = map.data ?? {};
  const isSameLog = fields((there as ConfigMap).data)[packedHashKey] === hash;
  return isSameLog && resultOwner(there, jobName) === resultOwner(map, jobName);
}

/** Parts are copied before the main one that names them, and taken away after it: what a main one names is there. */
export async function keepEarlier(cluster: Store, job: ResultJob, uid: string): Promise<ApiResult<Place>> {
  const from = resultName(job.name);
  const to = keptName(job.name, uid);
  const main = await cluster.get(configMapsResource, job.namespace, from);
  if (main.outcome !== 'ok') return isMissing(main) ? ok({ of: 'nobody' }) : main;
  if (resultOwner(main.value, job.name) !== uid) return ok(placeOf(main.value, job));
  const count = partCount(main.value);
  for (let part = 1; part <= count; part += 1) {
    const moved = await copyTo(cluster, job, partName(from, part), partName(to, part));
    if (moved.outcome !== 'ok' || moved.value.of === 'somebody_else') return moved;
  }
  const copied = await copyTo(cluster, job, from, to);
  if (copied.outcome !== 'ok' || copied.value.of === 'somebody_else') return copied;
  const parts = Array.from({ length: count }, (_, index) => partName(from, index + 1));
  for (const name of [from, ...parts.reverse()]) {
    // Of a main one that is gone the name may be another program's by now.
    const removed = await removeOurs(cluster, job, name, uid);
    if (removed.outcome !== 'ok') return removed;
  }
  return ok({ of: 'nobody' });
}

async function copyTo(cluster: Store, job: ResultJob, from: string, to: string): Promise<ApiResult<Place>> {
  const source = await cluster.get(configMapsResource, job.namespace, from);
  if (source.outcome !== 'ok') return isMissing(source) ? ok({ of: 'nobody' }) : source;
  const uid = resultOwner(source.value, job.name);
  if (uid === undefined) return ok({ of: 'nobody' });
  const { apiVersion, kind, metadata, data, binaryData } = source.value as ConfigMap;
  const copy: ConfigMap = {
    ...{ apiVersion, kind, metadata: { name: to, namespace: job.namespace, labels: { ...metadata.labels } } },
    ...(data ? { data } : {}),
    ...(binaryData ? { binaryData } : {}),
  };
  const created = await cluster.create(configMapsResource, copy);
  if (created.outcome === 'ok') return ok({ of: 'earlier_job', uid });
  if (!isTaken(created)) return created;
  const there = await cluster.get(configMapsResource, job.namespace, to);
  if (there.outcome !== 'ok') return there;
  return ok(resultOwner(there.value, job.name) === uid ? { of: 'earlier_job', uid } : { of: 'somebody_else' });
}

/** Whether the name is free now; with `of` only what belongs to that Job is removed. */
async function removeOurs(cluster: Store, job: ResultJob, name: string, of?: string): Promise<ApiResult<boolean>> {
  const found = await cluster.get(configMapsResource, job.namespace, name);
  if (found.outcome !== 'ok') return isMissing(found) ? ok(true) : found;
  const owner = resultOwner(found.value, job.name);
  if (owner === undefined || (of !== undefined && owner !== of)) return ok(false);
  const { uid } = found.value.metadata;
  const options = { propagation: 'background' as const, ...(uid ? { uid } : {}) };
  const removed = await cluster.delete(configMapsResource, job.namespace, name, options);
  return removed.outcome === 'ok' || isMissing(removed) ? ok(true) : removed;
}

export function isMissing(answer: ApiResult<unknown>): boolean {
  return answer.outcome === 'refused' && answer.status === 404;
}

export function isTaken(answer: ApiResult<unknown>): boolean {
  return answer.outcome === 'refused' && answer.status === 409 && answer.reason === 'AlreadyExists';
}

function ok<T>(value: T): ApiResult<T> {
  return { outcome: 'ok', value };
}
