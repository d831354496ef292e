// What must hold before anything of a JobSet is created. Admission refuses the same, but its policies take seconds to act
// after they were installed, and can be taken away; so it is looked at again here. Pure. Each problem begins with the path
// of its field and says what is allowed.
import {
  jobFailureReasons,
  longestDependsOn,
  longestDnsLabel,
  longestRuleName,
  ruleNamePattern,
} from '../../../pkg/models/index.ts';
import type { PriorityOf } from './child-manifest.ts';
import { jobName } from './naming.ts';
import { isPattern } from './patterns.ts';
import { isByAffinity, priorityClassOf } from './placement.ts';
import type { JobSetRecord, ReplicatedJobRecord } from './records.ts';

/** More Jobs than any cluster holds; the list of their names alone would be too much. */
export const mostJobs = 100_000;
const mostPods = 2_147_483_647;
const mostTold = 5;

type Problems = Generator<string>;

/** Undefined when there is none. */
export function jobSetProblem(jobSet: JobSetRecord, priorityOf: PriorityOf): string | undefined {
  const problems: string[] = [];
  for (const problem of allProblems(jobSet, priorityOf)) if (problems.push(problem) === mostTold) break;
  return problems.length === 0 ? undefined : problems.join('; ');
}

/** Its seats must not even be listed. */
export function sizeProblem({ replicatedJobs }: Pick<JobSetRecord, 'replicatedJobs'>): string | undefined {
  const total = replicatedJobs.reduce((sum, { replicas }) => sum + replicas, 0);
  return total > mostJobs ? `spec.replicatedJobs: ${total} Jobs; at most ${mostJobs} are made` : undefined;
}

function* allProblems(jobSet: JobSetRecord, priorityOf: PriorityOf): Problems {
  for (const [index, each] of jobSet.replicatedJobs.entries()) {
    const path = `spec.replicatedJobs[${index}]`;
    yield* replicatedJobProblems(jobSet, each, path);
    yield* dependencyProblems(jobSet, each, index, path);
    yield* priorityProblems(jobSet, each, path, priorityOf);
  }
  if (jobSet.network.enabled) yield* labelProblems('spec.network.subdomain', jobSet.network.subdomain);
  yield* targetProblems(jobSet, 'spec.successPolicy.targetReplicatedJobs', jobSet.successPolicy.targets);
  yield* ruleProblems(jobSet);
  yield* coordinatorProblems(jobSet);
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#rfc-1035-label-names */
function* labelProblems(path: string, name: string): Problems {
  if (name.length > longestDnsLabel)
    yield `${path}: "${name}" has ${name.length} characters; at most ${longestDnsLabel}`;
  else if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name))
    yield `${path}: "${name}" is no DNS-1035 label (lower-case letters, digits and hyphens, a letter first)`;
}

function* replicatedJobProblems(jobSet: JobSetRecord, each: ReplicatedJobRecord, path: string): Problems {
  const { replicas, template, groupName } = each;
  const { parallelism = 1, completions, completionMode = 'Indexed' } = template.spec;
  const longestJob = jobName(jobSet.name, each.name, Math.max(0, replicas - 1));
  yield* labelProblems(`${path}.groupName`, groupName);
  yield* labelProblems(`${path}.name: the longest Job name`, longestJob);
  if (completionMode === 'Indexed' && completions !== undefined)
    yield* labelProblems(`${path}.name: the longest pod name`, `${longestJob}-${Math.max(0, completions - 1)}-abcde`);
  if (replicas * parallelism > mostPods) yield `${path}: replicas × parallelism is over ${mostPods}`;
}

function* dependencyProblems(jobSet: JobSetRecord, each: ReplicatedJobRecord, index: number, path: string): Problems {
  const { dependsOn } = each;
  if (dependsOn.length > longestDependsOn) yield `${path}.dependsOn: at most ${longestDependsOn}`;
  if (dependsOn.length > 0 && jobSet.inOrder) yield `${path}.dependsOn: not together with startupPolicyOrder InOrder`;
  const earlier = new Set(jobSet.replicatedJobs.slice(0, index).map(({ name }) => name));
  for (const [at, { name }] of dependsOn.entries())
    if (!earlier.has(name)) yield `${path}.dependsOn[${at}].name: "${name}" is no replicated job earlier in the list`;
}

function* priorityProblems(
  jobSet: JobSetRecord,
  each: ReplicatedJobRecord,
  path: string,
  priorityOf: PriorityOf,
): Problems {
  if (!isByAffinity(jobSet, each)) return;
  const name = priorityClassOf(each);
  // That of pods without a class is known as soon as classes were read.
  const areRead = priorityOf(undefined) !== undefined;
  if (priorityOf(name) === undefined)
    yield `${path}.template.spec.template.spec.priorityClassName: ${areRead ? `there is no PriorityClass ${name}` : 'the PriorityClasses cannot be read'}`;
}

function* targetProblems({ replicatedJobs }: JobSetRecord, path: string, targets: readonly string[]): Problems {
  const names = new Set(replicatedJobs.map(({ name }) => name));
  for (const target of targets) if (!names.has(target)) yield `${path}: "${target}" is no replicated job`;
}

function* ruleProblems(jobSet: JobSetRecord): Problems {
  const names = new Set<string>();
  for (const [index, rule] of (jobSet.failurePolicy?.rules ?? []).entries()) {
    const path = `spec.failurePolicy.rules[${index}]`;
    const { name, onJobFailureReasons = [], onJobFailureMessagePatterns = [], targetReplicatedJobs = [] } = rule;
    if (names.has(name)) yield `${path}.name: "${name}" is another rule's too`;
    names.add(name);
    if (name.length > longestRuleName || !new RegExp(ruleNamePattern).test(name))
      yield `${path}.name: "${name}" must match ${ruleNamePattern}, with at most ${longestRuleName} characters`;
    for (const reason of onJobFailureReasons)
      if (!jobFailureReasons.includes(reason))
        yield `${path}.onJobFailureReasons: allowed are ${jobFailureReasons.join(', ')}`;
    for (const pattern of onJobFailureMessagePatterns)
      if (!isPattern(pattern))
        yield `${path}.onJobFailureMessagePatterns: "${pattern}" is no regular expression of RE2`;
    yield* targetProblems(jobSet, `${path}.targetReplicatedJobs`, targetReplicatedJobs);
  }
}

function* coordinatorProblems({ coordinator, replicatedJobs }: JobSetRecord): Problems {
  if (coordinator === undefined) return;
  const target = replicatedJobs.find(({ name }) => name === coordinator.replicatedJob);
  if (target === undefined) {
    yield `spec.coordinator.replicatedJob: "${coordinator.replicatedJob}" is no replicated job`;
    return;
  }
  const { completions, completionMode = 'Indexed' } = target.template.spec;
  if (coordinator.jobIndex < 0 || coordinator.jobIndex >= target.replicas)
    yield `spec.coordinator.jobIndex: ${coordinator.jobIndex} is not below the ${target.replicas} replicas`;
  if (completionMode !== 'Indexed' || completions === undefined)
    yield 'spec.coordinator.replicatedJob: its Jobs must be Indexed, with completions set';
  else if (coordinator.podIndex < 0 || coordinator.podIndex >= completions)
    yield `spec.coordinator.podIndex: ${coordinator.podIndex} is not below the ${completions} completions`;
}
