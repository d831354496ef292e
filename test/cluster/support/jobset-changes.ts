// Changes of stored JobSets: those that are refused, with words of the refusal, and those that are not. Each is merged over the
// spec of a JobSet that is there already.
import { aJobSet, aReplicatedJob, type Fields, type JobSetObject } from './jobset-cases.ts';

export interface Change {
  title: string;
  base: JobSetObject;
  /** What is merged over its spec. */
  change: Fields;
}

const whole: Fields = {
  network: { subdomain: 'net' },
  successPolicy: { operator: 'Any' },
  failurePolicy: { maxRestarts: 1 },
  startupPolicy: { startupPolicyOrder: 'InOrder' },
  managedBy: 'acme.io/x',
};
const workers = aReplicatedJob('workers');
const driver = aReplicatedJob('driver');
const replicatedJobs = [driver, workers];
const running = aJobSet({ ...whole, replicatedJobs }, 'running');
const suspended = aJobSet({ ...whole, suspend: true, replicatedJobs }, 'suspended');
const plain = aJobSet({ replicatedJobs }, 'plain');
const unnamed: Fields = { rules: [{ action: 'FailJobSet' }, { action: 'RestartJobSet' }] };
const withRules = aJobSet({ failurePolicy: unnamed, replicatedJobs }, 'with-rules');

const fixed = 'spec.replicatedJobs is immutable, but for the labels, annotations, nodeSelector, tolerations and';
const placed: Fields = {
  nodeSelector: { rack: 'a' },
  tolerations: [{ key: 'gpu', operator: 'Exists' }],
  schedulingGates: [{ name: 'example.com/wait' }],
};

/** The workers with other pods; the driver stays. */
function withPod(pod: Fields, metadata: Fields = {}, job: Fields = {}, own: Fields = {}): Fields[] {
  const changed = aReplicatedJob('workers', own, job, pod) as { template: { spec: { template: Fields } } };
  if (Object.keys(metadata).length > 0) changed.template.spec.template.metadata = metadata;
  return [driver, changed as unknown as Fields];
}

const allowed = withPod(placed, { labels: { a: 'b' }, annotations: { c: 'd' } });
const stays = 'is immutable: it must stay as it was';

export const jobSetChanges: {
  refused: ReadonlyArray<Change & { says: string }>;
  accepted: readonly Change[];
} = {
  refused: [
    { title: 'other pods while running', base: running, change: { replicatedJobs: allowed }, says: fixed },
    { title: 'another network', base: running, change: { network: { subdomain: 'other' } }, says: `network ${stays}` },
    { title: 'to lose the subdomain', base: running, change: { network: null }, says: `network ${stays}` },
    {
      title: 'another success policy',
      base: running,
      change: { successPolicy: { operator: 'All' } },
      says: `successPolicy ${stays}`,
    },
    {
      title: 'another failure policy',
      base: running,
      change: { failurePolicy: { maxRestarts: 2 } },
      says: 'failurePolicy is immutable',
    },
    {
      title: 'to lose the failure policy',
      base: running,
      change: { failurePolicy: null },
      says: 'failurePolicy is immutable',
    },
    {
      title: 'another startup policy',
      base: running,
      change: { startupPolicy: { startupPolicyOrder: 'AnyOrder' } },
      says: `startupPolicy ${stays}`,
    },
    { title: 'another manager', base: running, change: { managedBy: 'acme.io/y' }, says: 'managedBy is immutable' },
    { title: 'to lose the manager', base: running, change: { managedBy: null }, says: 'managedBy is immutable' },
    { title: 'a manager later on', base: plain, change: { managedBy: 'acme.io/y' }, says: 'managedBy is immutable' },
    {
      title: 'other replicas while suspended',
      base: suspended,
      change: { replicatedJobs: withPod({}, {}, {}, { replicas: 2 }) },
      says: fixed,
    },
    {
      title: 'other parallelism while suspended',
      base: suspended,
      change: { replicatedJobs: withPod({}, {}, { parallelism: 2 }) },
      says: fixed,
    },
    {
      title: 'another field of pods while suspended',
      base: suspended,
      change: { replicatedJobs: withPod({ priorityClassName: 'high' }) },
      says: fixed,
    },
    {
      title: 'a name of pods while suspended',
      base: suspended,
      change: { replicatedJobs: withPod({}, { name: 'x' }) },
      says: fixed,
    },
    {
      title: 'one replicated job less while suspended',
      base: suspended,
      change: { replicatedJobs: [driver] },
      says: fixed,
    },
    {
      title: 'one replicated job more while suspended',
      base: suspended,
      change: { replicatedJobs: [driver, workers, aReplicatedJob('x')] },
      says: fixed,
    },
    {
      title: 'another order while suspended',
      base: suspended,
      change: { replicatedJobs: [workers, driver] },
      says: fixed,
    },
  ],
  accepted: [
    {
      title: 'other placement, labels and annotations of pods while suspended',
      base: suspended,
      change: { replicatedJobs: allowed },
    },
    {
      title: 'them together with the resumption',
      base: suspended,
      change: { suspend: false, replicatedJobs: allowed },
    },
    { title: 'them together with the suspension', base: running, change: { suspend: true, replicatedJobs: allowed } },
    { title: 'to be suspended', base: running, change: { suspend: true } },
    { title: 'another lifetime', base: running, change: { ttlSecondsAfterFinished: 60 } },
    { title: 'a failure policy where there was none', base: plain, change: { failurePolicy: { maxRestarts: 2 } } },
    { title: 'a network again that says what it said', base: running, change: { network: { subdomain: 'net' } } },
    { title: 'rules again that leave their names out', base: withRules, change: { failurePolicy: unnamed } },
  ],
};
