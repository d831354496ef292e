// The two moments at which the policy speaks. A submission is judged by the workload that it would become, and told
// which of its own fields are wrong; a workload is judged once more before it is sent, for the policy may have changed
// since, and told in words. Pure: nothing here asks the cluster.
import type { Job, JobSubmission, JobTemplate, Refusal } from '../../models/index.ts';
import type { KubernetesObject } from '../cluster.ts';
import { jobManifest } from '../manifest.ts';
import { workloadReference } from '../naming.ts';
import { checkNamespace, checkPodTemplates, type Violation } from './check.ts';
import type { Policy } from './policy.ts';
import { judgedKinds, podTemplatesOf } from './workload-templates.ts';

export interface SubmissionRules {
  policy: Policy;
  /** Where jobs go that name no namespace. */
  namespace: string;
  /** A JobSpec, for jobs that name no container. */
  defaultTemplate: JobTemplate;
}

/** Answers `policy_refused` with a pointer into the body for each field, or undefined for a job that may be made. */
export type SubmissionJudge = (submission: JobSubmission) => Refusal | undefined;

/**
 * Almost every submission is spared the rules. What the simple fields make around an image is the same for every job and
 * meets every level, and what a job makes that says nothing is known once; a test holds both to the rules.
 */
export function submissionJudge(rules: SubmissionRules): SubmissionJudge {
  const ofBareJob = podErrors({ name: 'bare', priority: 0, queue: '', workload: {} }, rules);
  return (submission) => {
    const namespace = checkNamespace(submission.namespace ?? rules.namespace, rules.policy);
    const errors = namespace === undefined ? [] : [{ pointer: namespacePointer(submission), detail: namespace }];
    if (isBare(submission)) errors.push(...ofBareJob);
    else if (!isOrdinary(submission, rules.policy)) errors.push(...podErrors(submission, rules));
    return errors.length === 0 ? undefined : refusalOf(errors);
  };
}

export function judgeSubmission(submission: JobSubmission, rules: SubmissionRules): Refusal | undefined {
  return submissionJudge(rules)(submission);
}

function isBare({ workload, annotations }: JobSubmission): boolean {
  return annotations === undefined && Object.values(workload).every((value) => value === undefined);
}

/** Where the body said it, if it did. */
function namespacePointer({ workload }: JobSubmission): string {
  return workload.manifest?.metadata?.namespace === undefined ? '/namespace' : '/workload/metadata/namespace';
}

function isOrdinary({ workload, annotations }: JobSubmission, { imagePrefixes }: Policy): boolean {
  const anyImage = workload.image !== undefined && imagePrefixes === undefined;
  return anyImage && annotations === undefined && workload.template === undefined;
}

function refusalOf(errors: Violation[]): Refusal {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const where = first?.pointer === '' ? 'the job' : first?.pointer;
  return { code: 'policy_refused', detail: `The policy refuses the job: ${where} ${first?.detail}${more}`, errors };
}

function podErrors(submission: JobSubmission, { policy, namespace, defaultTemplate }: SubmissionRules): Violation[] {
  const job: Pick<Job, 'jobId' | keyof JobSubmission> = { ...submission, jobId: '' };
  const restricted = policy.podSecurity === 'restricted';
  const attempt = { attempt: 1, workload: workloadReference(job, 1, namespace) };
  const object = jobManifest({ job, attempt, queueId: '', namespace, defaultTemplate, restricted });
  const found = checkPodTemplates(podTemplatesOf(object) ?? [], policy);
  return found.map((violation) => inBody(violation, submission));
}

const annotationsOfPod =
  /^\/spec(?:\/pytorchReplicaSpecs\/[^/]*|\/replicatedJobs\/\d+\/template\/spec)?\/template\/metadata\/annotations\/([^/]*)$/;
const mainContainer = '/spec/template/spec/containers/0/';

/** From a field of the workload to the field of the body that it was made from. */
function inBody({ pointer, detail }: Violation, { workload, annotations }: JobSubmission): Violation {
  const key = annotationsOfPod.exec(pointer)?.[1];
  const unescaped = key?.replaceAll('~1', '/').replaceAll('~0', '~');
  if (unescaped !== undefined && annotations?.[unescaped] !== undefined) {
    return { pointer: `/annotations/${key}`, detail };
  }
  if (workload.template) return { pointer: pointer.replace(/^\/spec/, '/template'), detail };
  if (workload.manifest) return { pointer: `/workload${pointer}`, detail };
  if (pointer === `${mainContainer}image` && workload.image !== undefined) return { pointer: '/image', detail };
  return {
    pointer: '',
    detail: `runs the server’s default template, whose ${pointer.slice('/spec'.length)} ${detail}`,
  };
}

const mostTold = 3;
const longestReason = 500;

/** Why this workload must not be made, in words; undefined when it may. */
export function judgeWorkload(object: KubernetesObject, policy: Policy): string | undefined {
  const { kind, metadata } = object;
  const namespace = checkNamespace(metadata.namespace ?? '', policy);
  const templates = podTemplatesOf(object);
  if (templates === undefined) return refusal([`a ${kind} cannot be judged, only ${judgedKinds.join(', ')}`]);
  const violations = checkPodTemplates(templates, policy).map(({ pointer, detail }) => `${pointer} ${detail}`);
  return refusal([
    ...(namespace === undefined ? [] : [`the namespace ${metadata.namespace} ${namespace}`]),
    ...violations,
  ]);
}

function refusal(reasons: readonly string[]): string | undefined {
  if (reasons.length === 0) return undefined;
  const more = reasons.length > mostTold ? `; and ${reasons.length - mostTold} more` : '';
  const told = reasons.slice(0, mostTold).map((reason) => reason.slice(0, longestReason));
  return `the policy refuses it: ${told.join('; ')}${more}`;
}
