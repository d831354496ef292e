// How what an API server shows becomes poison: shapes that the API would never store and values that it would, in a Job
// or its pods. Objects are JSON that others wrote; a proxy, an aggregated API or a bug may put anything into it.
import type { Random } from '../../../../internal/platform/random.ts';
import { oneOf } from '../../../../internal/simulation/weather.ts';
import { idOf } from '../../../support/store-builders.ts';
import { running } from './sound-database.ts';

export interface ObjectMutation {
  name: string;
  of: 'jobs' | 'pods';
  /** `undefined` takes the field away. */
  path: readonly string[];
  value: unknown;
}

const longText = 'x'.repeat(300_000);
const controls = '\u001b[2J\u0000\u202e\ud800\n';
const shapes: readonly unknown[] = [undefined, null, 5, 'text', true, [], [null], [5], [[]], {}, { a: { b: [] } }];
const texts: readonly unknown[] = [undefined, null, '', 5, {}, [], longText, controls];
const numbers: readonly unknown[] = [undefined, null, '1', 3.5, -1, 1e300, Number.NaN, Number.MAX_SAFE_INTEGER, {}, []];

const ourLabels: readonly unknown[] = [
  ...texts,
  '-1',
  '0',
  '999999999999',
  'two',
  idOf(running[1] as number),
  idOf(99),
];

const ofBoth: ReadonlyArray<readonly [path: string, values: readonly unknown[]]> = [
  ['', [null, 5, 'text', [], {}, { metadata: null }, { metadata: 5 }]],
  ['metadata', shapes],
  ['metadata.labels', shapes],
  ['metadata.labels.kubejobs.io/job-id', ourLabels],
  ['metadata.labels.kubejobs.io/attempt', ourLabels],
  ['metadata.labels.kubejobs.io/queue-id', ourLabels],
  ['metadata.annotations', [...shapes, { 'example.com/x': longText }, { 'kubejobs.io/simulate-duration': {} }]],
  ['metadata.name', texts],
  ['metadata.namespace', texts],
  ['metadata.uid', texts],
  ['metadata.resourceVersion', texts],
  ['metadata.ownerReferences', shapes],
  ['metadata.deletionTimestamp', [...texts, 'nonsense', '99999-99-99T99:99:99Z']],
  ['metadata.finalizers', shapes],
  ['spec', shapes],
  ['status', shapes],
  ['kind', texts],
  ['apiVersion', texts],
];

const ofJobs: typeof ofBoth = [
  ['spec.suspend', [...shapes, 'yes']],
  ['status.conditions', [...shapes, [{}], [{ type: 5, status: {} }]]],
  ['status.conditions', texts.map((words) => [{ type: 'Failed', status: 'True', reason: words, message: words }])],
  ['status.active', numbers],
  ['status.failed', numbers],
];

const ofPods: typeof ofBoth = [
  ['status.phase', [...texts, 'Odd']],
  ['status.reason', texts],
  ['status.message', texts],
  [
    'status.conditions',
    [...shapes, [{}], [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: longText }]],
  ],
  ['status.containerStatuses', shapes],
  ['status.containerStatuses.0.name', texts],
  ['status.containerStatuses.0.state', shapes],
  ['status.containerStatuses.0.state.terminated', shapes],
  ['status.containerStatuses.0.state.terminated.exitCode', numbers],
  ['status.containerStatuses.0.state.terminated.reason', texts],
  ['status.containerStatuses.0.state.terminated.message', texts],
  ['status.containerStatuses.0.state.terminated.finishedAt', texts],
  ['spec.containers', shapes],
  ['spec.initContainers', shapes],
];

export function objectMutation(random: Random): ObjectMutation {
  const of = random.next() < 0.5 ? 'jobs' : 'pods';
  const [path, values] = oneOf(random, [...ofBoth, ...(of === 'jobs' ? ofJobs : ofPods)]);
  const value = oneOf(random, values);
  const shown = (JSON.stringify(value) ?? 'absent').slice(0, 40);
  return { name: `${of} ${path || 'whole'} = ${shown}`, of, path: pathOf(path), value };
}

/** Names of our labels have a dot of their own. */
function pathOf(path: string): string[] {
  if (path === '') return [];
  const [fields, label] = path.split(/\.(?=kubejobs\.io)/);
  return [...(fields as string).split('.'), ...(label === undefined ? [] : [label])];
}

/** A poisoned copy; the same object where it has no such field. */
export function poisoned<T>(object: T, { path, value }: ObjectMutation): T {
  if (path.length === 0) return value as T;
  const copy = structuredClone(object);
  let inner: unknown = copy;
  for (const field of path.slice(0, -1)) {
    inner = (inner as Record<string, unknown>)[field];
    if (typeof inner !== 'object' || inner === null) return object;
  }
  const last = path.at(-1) as string;
  if (value === undefined) delete (inner as Record<string, unknown>)[last];
  else (inner as Record<string, unknown>)[last] = value;
  return copy;
}
