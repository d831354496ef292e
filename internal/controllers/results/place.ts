// The ConfigMap of a result's name: whose it is, how a new result is written there, and how that of an earlier Job of the
// same name is kept under another one. Every write can be repeated; what is not ours is never changed.
import {
  type ApiResult,
  type Cluster,
  configMapsResource,
  type KubernetesObject,
} from '../../../pkg/kubernetes/cluster.ts';
import { fields } from '../../../pkg/kubernetes/pod-template.ts';
import { type ConfigMap, keptName, partName, resultName, resultOwner } from '../../../pkg/kubernetes/results/marks.ts';
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

/** In their order: the last is the main one, and a result that is there already stays as it is. */
export async function writeResult(
  cluster: Store,
  job: ResultJob,
  maps: readonly MapMaker[],
): Promise<ApiResult<Place>> {
  let place: ApiResult<Place> = ok({ of: 'nobody' });
  for (const [index, make] of maps.entries()) {
    const map = make();
    const isMain = index === maps.length - 1;
    place = isMain ? await writeMain(cluster, job, map) : await writePart(cluster, job, map);
    if (place.outcome !== 'ok' || place.value.of !== 'this_job') return place;
  }
  return place;
}

async function writeMain(cluster: Store, job: ResultJob, map: ConfigMap): Promise<ApiResult<Place>> {
  const created = await cluster.create(configMapsResource, map);
  if (created.outcome === 'ok') return ok({ of: 'this_job' });
  return isTaken(created) ? lookAtPlace(cluster, job) : created;
}

/** A part of ours that is there is of a result that was never finished, or of one that is kept elsewhere by now. */
async function writePart(cluster: Store, job: ResultJob, map: ConfigMap): Promise<ApiResult<Place>> {
  const { name } = map.metadata;
  const created = await cluster.create(configMapsResource, map);
  if (created.outcome === 'ok') return ok({ of: 'this_job' });
  if (!isTaken(created)) return created;
  const removed = await removeOurs(cluster, job, name);
  if (removed.outcome !== 'ok') return removed;
  if (!removed.value) return ok({ of: 'somebody_else' });
  const again = await cluster.create(configMapsResource, map);
  return again.outcome === 'ok' ? ok({ of: 'this_job' }) : again;
}

/** Parts first, as they are written, and taken away before the main one: what is named by a main one is there. */
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
  for (let part = 1; part <= count; part += 1) {
    const removed = await removeOurs(cluster, job, partName(from, part));
    if (removed.outcome !== 'ok') return removed;
  }
  const removed = await removeOurs(cluster, job, from);
  return removed.outcome === 'ok' ? ok({ of: 'nobody' }) : removed;
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

/** Whether the name is free now. */
async function removeOurs(cluster: Store, job: ResultJob, name: string): Promise<ApiResult<boolean>> {
  const found = await cluster.get(configMapsResource, job.namespace, name);
  if (found.outcome !== 'ok') return isMissing(found) ? ok(true) : found;
  if (resultOwner(found.value, job.name) === undefined) return ok(false);
  const { uid } = found.value.metadata;
  const options = { propagation: 'background' as const, ...(uid ? { uid } : {}) };
  const removed = await cluster.delete(configMapsResource, job.namespace, name, options);
  return removed.outcome === 'ok' || isMissing(removed) ? ok(true) : removed;
}

const mostParts = 1_000;

function partCount(main: KubernetesObject): number {
  const count = Number(fields((main as ConfigMap).data)['log-parts']);
  return Number.isInteger(count) && count > 0 ? Math.min(count, mostParts) : 0;
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
