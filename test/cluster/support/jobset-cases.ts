// JobSets that are refused, each with words of its refusal and its sound twin, one case for each thing that is not allowed.
export type Fields = Record<string, unknown>;

export interface JobSetObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: Fields;
}

export function aJobSet(spec: Fields = {}, name = 'js'): JobSetObject {
  return { apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', metadata: { name }, spec };
}

export function aReplicatedJob(name: string, own: Fields = {}, job: Fields = {}, pod: Fields = {}): Fields {
  const containers = [{ name: 'main', image: 'busybox:1.36' }];
  return { name, ...own, template: { spec: { ...job, template: { spec: { containers, ...pod } } } } };
}

export interface Refusal {
  title: string;
  bad: JobSetObject;
  says: string;
  good: JobSetObject;
}

const letters = (count: number): string => 'a'.repeat(count);
const workers = aReplicatedJob('workers');
const driver = aReplicatedJob('driver');

/** The same in both but for what `make` is given. */
function twins<T>(title: string, make: (value: T) => JobSetObject, bad: T, says: string, good: T): Refusal {
  return { title, bad: make(bad), says, good: make(good) };
}

const dependingOn = (...names: string[]): JobSetObject =>
  aJobSet({
    replicatedJobs: [
      driver,
      aReplicatedJob('workers', { dependsOn: names.map((name) => ({ name, status: 'Ready' })) }),
      aReplicatedJob('last'),
    ],
  });
const firstDependingOn = (dependsOn: Fields[]): JobSetObject =>
  aJobSet({ replicatedJobs: [aReplicatedJob('driver', { dependsOn }), workers] });
const withSubdomain = (subdomain: string): JobSetObject =>
  aJobSet({ network: { subdomain }, replicatedJobs: [driver] });
const withGroup = (groupName: string): JobSetObject =>
  aJobSet({ replicatedJobs: [aReplicatedJob('driver', { groupName })] });
const withManager = (managedBy: string): JobSetObject => aJobSet({ managedBy, replicatedJobs: [driver] });
const withPods = (replicas: number, parallelism: number): JobSetObject =>
  aJobSet({ replicatedJobs: [aReplicatedJob('w', { replicas }, { completionMode: 'NonIndexed', parallelism })] });
const withRule = (rule: Fields): JobSetObject =>
  aJobSet({ failurePolicy: { rules: [{ action: 'FailJobSet', ...rule }] }, replicatedJobs: [driver, workers] });
const withRuleNames = (...names: Array<string | undefined>): JobSetObject =>
  aJobSet({
    failurePolicy: { rules: names.map((name) => ({ action: 'FailJobSet', ...(name !== undefined && { name }) })) },
    replicatedJobs: [driver],
  });
const withTargets = (...targetReplicatedJobs: string[]): JobSetObject =>
  aJobSet({ successPolicy: { operator: 'Any', targetReplicatedJobs }, replicatedJobs: [driver, workers] });
const withCoordinator = (coordinator: Fields, job: Fields = { completions: 2, parallelism: 2 }): JobSetObject =>
  aJobSet({ coordinator, replicatedJobs: [aReplicatedJob('workers', { replicas: 3 }, job)] });
const inOrder = (startupPolicyOrder: string): JobSetObject =>
  aJobSet({ startupPolicy: { startupPolicyOrder }, ...dependingOn('driver').spec });
const withTemplate = (pod: Fields): JobSetObject =>
  aJobSet({ replicatedJobs: [{ name: 'w', template: { spec: { template: { spec: pod } } } }] });
const manyDependencies = (count: number): JobSetObject => {
  const earlier = Array.from({ length: count }, (_, index) => `w${index}`);
  const dependsOn = earlier.map((name) => ({ name, status: 'Complete' }));
  return aJobSet({
    replicatedJobs: [...earlier.map((name) => aReplicatedJob(name)), aReplicatedJob('l', { dependsOn })],
  });
};
/** `js-<name>-10`: five characters are not its own. */
const withJobName = (length: number): JobSetObject =>
  aJobSet({ replicatedJobs: [aReplicatedJob(letters(length - 6), { replicas: 11 })] });
/** `js-<name>-0-99-abcde`. */
const withPodName = (length: number): JobSetObject =>
  aJobSet({ replicatedJobs: [aReplicatedJob(letters(length - 14), {}, { completions: 100, parallelism: 1 })] });
const called = (name: string): JobSetObject => aJobSet({ replicatedJobs: [driver] }, name);

const label = 'must be a DNS-1035 label: at most 63 lowercase letters, digits and -, a letter first';
const namePattern = "should match '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$'";
const groupPattern = "spec.replicatedJobs[0].groupName in body should match '^[a-z]([-a-z0-9]*[a-z0-9])?$'";
const path = 'spec.managedBy: Invalid value';
const ready = [{ name: 'workers', status: 'Ready' }];

export const jobSetRefusals: readonly Refusal[] = [
  twins(
    'dependsOn on the first replicated job',
    firstDependingOn,
    ready,
    'spec.replicatedJobs[0].dependsOn must name replicated jobs that are earlier in the list: the first can depend on none',
    [],
  ),
  {
    title: 'dependsOn on a replicated job that is later in the list',
    bad: dependingOn('last'),
    says: 'spec.replicatedJobs[1].dependsOn must name replicated jobs that are earlier in the list: driver',
    good: dependingOn('driver'),
  },
  {
    title: 'dependsOn on itself',
    bad: dependingOn('driver', 'workers'),
    says: 'spec.replicatedJobs[1].dependsOn must name replicated jobs that are earlier',
    good: dependingOn('driver'),
  },
  {
    title: 'dependsOn on a replicated job that is not there',
    bad: dependingOn('nobody'),
    says: 'spec.replicatedJobs[1].dependsOn must name replicated jobs that are earlier',
    good: dependingOn('driver'),
  },
  {
    title: 'dependsOn with a status that there is not',
    bad: aJobSet({
      replicatedJobs: [driver, aReplicatedJob('w', { dependsOn: [{ name: 'driver', status: 'Done' }] })],
    }),
    says: 'spec.replicatedJobs[1].dependsOn[0].status: Unsupported value: "Done": supported values: "Ready", "Complete"',
    good: aJobSet({
      replicatedJobs: [driver, aReplicatedJob('w', { dependsOn: [{ name: 'driver', status: 'Ready' }] })],
    }),
  },
  twins(
    'more than five dependsOn',
    manyDependencies,
    6,
    'spec.replicatedJobs[6].dependsOn: Too many: 6: must have at most 5',
    5,
  ),
  twins(
    'InOrder together with dependsOn',
    inOrder,
    'InOrder',
    'must be AnyOrder where a replicated job has dependsOn',
    'AnyOrder',
  ),
  twins(
    'a subdomain that is no label',
    withSubdomain,
    '1net',
    `spec.network.subdomain: Invalid value: "1net": ${label}`,
    'net1',
  ),
  twins('a subdomain with a dot', withSubdomain, 'a.b', label, 'a-b'),
  twins('a subdomain of 64 characters', withSubdomain, letters(64), 'spec.network.subdomain: Too long', letters(63)),
  twins('a group name that is no label', withGroup, 'Group', groupPattern, 'group'),
  twins('a group name of 64 characters', withGroup, letters(64), 'groupName: Too long', letters(63)),
  twins('a longest Job name of 64 characters', withJobName, 64, `-10, which ${label}`, 63),
  twins('a name that makes Job names no labels', called, '1js', `the Job name 1js-driver-0, which ${label}`, 'js1'),
  twins('a dot in its name', called, 'a.b', `the Job name a.b-driver-0, which ${label}`, 'a-b'),
  twins(
    'a longest pod name of 64 characters',
    withPodName,
    64,
    '-0-99-abcde, which must have at most 63 characters',
    63,
  ),
  twins(
    'a managedBy without a path',
    withManager,
    'acme.io',
    `${path}: "acme.io": must be a domain-prefixed path`,
    'acme.io/x',
  ),
  twins(
    'a managedBy without a domain',
    withManager,
    '/x',
    'must be a domain-prefixed path such as acme.io/foo',
    'acme.io/x/y',
  ),
  twins(
    'a managedBy of 64 characters',
    withManager,
    `a.io/${letters(59)}`,
    'spec.managedBy: Too long',
    `a.io/${letters(58)}`,
  ),
  {
    title: 'more pods than can be counted',
    bad: withPods(65_536, 32_768),
    says: 'spec.replicatedJobs[0] must have at most 2147483647 pods (replicas × parallelism)',
    good: withPods(65_536, 32_767),
  },
  {
    title: 'a success policy target that is not there',
    bad: withTargets('driver', 'nobody'),
    says: 'spec.successPolicy.targetReplicatedJobs[1] must be the name of a replicated job: driver, workers',
    good: withTargets('driver', 'workers'),
  },
  twins(
    'a failure policy target that is not there',
    withRule,
    { targetReplicatedJobs: ['nobody'] },
    'spec.failurePolicy.rules[0].targetReplicatedJobs must be names of replicated jobs: driver, workers',
    { targetReplicatedJobs: ['workers'] },
  ),
  {
    title: 'two rules of one name',
    bad: withRuleNames('a', 'b', 'a'),
    says: 'spec.failurePolicy.rules[2].name must be unique: rules[0] is called a already',
    good: withRuleNames('a', 'b', 'c'),
  },
  {
    title: 'a rule called as another is by default',
    bad: withRuleNames('failurePolicyRule1', undefined),
    says: 'spec.failurePolicy.rules[1].name must be unique',
    good: withRuleNames(undefined, undefined),
  },
  twins('a rule name of 129 characters', withRuleNames, letters(129), 'rules[0].name: Too long', letters(128)),
  twins('a rule name with a digit first', withRuleNames, '1a', namePattern, 'a1'),
  twins('a rule name with a comma last', withRuleNames, 'a,', namePattern, 'a,b:c_'),
  twins(
    'a failure reason that no Job has',
    withRule,
    { onJobFailureReasons: ['OOMKilled'] },
    'Unsupported value: "OOMKilled": supported values: "BackoffLimitExceeded", "DeadlineExceeded", "FailedIndexes", ' +
      '"MaxFailedIndexesExceeded", "PodFailurePolicy"',
    {
      onJobFailureReasons: [
        ...[
          'BackoffLimitExceeded',
          'DeadlineExceeded',
          'FailedIndexes',
          'MaxFailedIndexesExceeded',
          'PodFailurePolicy',
        ],
      ],
    },
  ),
  twins(
    'a pattern that is no regular expression',
    withRule,
    { onJobFailureMessagePatterns: ['fine', '(broken'] },
    'every one of onJobFailureMessagePatterns must be a regular expression (RE2)',
    { onJobFailureMessagePatterns: ['fine', '^(whole|part) \\d+$'] },
  ),
  twins(
    'an action that there is not',
    withRule,
    { action: 'Retry' },
    'supported values: "FailJobSet", "RestartJobSet", "RestartJobSetAndIgnoreMaxRestarts"',
    { action: 'RestartJobSet' },
  ),
  twins(
    'a coordinator in no replicated job',
    withCoordinator,
    { replicatedJob: 'nobody' },
    'spec.coordinator.replicatedJob must be the name of a replicated job: workers',
    { replicatedJob: 'workers' },
  ),
  twins(
    'a coordinator in a Job that there is not',
    withCoordinator,
    { replicatedJob: 'workers', jobIndex: 3 },
    'spec.coordinator.jobIndex must be below the replicas of its replicated job, 3',
    { replicatedJob: 'workers', jobIndex: 2 },
  ),
  twins(
    'a coordinator in a pod that there is not',
    withCoordinator,
    { replicatedJob: 'workers', podIndex: 2 },
    'spec.coordinator.podIndex must be below the completions of its Job, 2',
    { replicatedJob: 'workers', podIndex: 1 },
  ),
  {
    title: 'a coordinator in a Job without completions',
    bad: withCoordinator({ replicatedJob: 'workers' }, {}),
    says: 'spec.coordinator.replicatedJob must be one whose template has completionMode Indexed and completions set',
    good: withCoordinator({ replicatedJob: 'workers' }, { completions: 1 }),
  },
  {
    title: 'a coordinator in a Job without indexes',
    bad: withCoordinator({ replicatedJob: 'workers' }, { completions: 1, completionMode: 'NonIndexed' }),
    says: 'completionMode Indexed and completions set',
    good: withCoordinator({ replicatedJob: 'workers' }, { completions: 1, completionMode: 'Indexed' }),
  },
  twins('a template without containers', withTemplate, {}, 'template.spec.containers: Required value', {
    containers: [{ name: 'a' }],
  }),
  twins(
    'a container of the wrong type',
    withTemplate,
    { containers: [{ name: 'a', command: 'sleep' }] },
    'containers[0].command: Invalid value: "string": spec.replicatedJobs[0].template.spec.template.spec.containers[0].command in body must be of type array',
    { containers: [{ name: 'a', command: ['sleep'] }] },
  ),
  twins(
    'a restart policy that there is not',
    withTemplate,
    { containers: [{ name: 'a' }], restartPolicy: 'Sometimes' },
    'restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"',
    { containers: [{ name: 'a' }], restartPolicy: 'Never' },
  ),
  twins(
    'a quantity that is none',
    withTemplate,
    { containers: [{ name: 'a', resources: { limits: { cpu: 'much' } } }] },
    'resources.limits.cpu',
    { containers: [{ name: 'a', resources: { limits: { cpu: 2, memory: '1.5Gi' } } }] },
  ),
  {
    title: 'two replicated jobs of one name',
    bad: aJobSet({ replicatedJobs: [driver, driver] }),
    says: 'spec.replicatedJobs[1]: Duplicate value',
    good: aJobSet({ replicatedJobs: [driver, workers] }),
  },
];
