// One pass over a JobSet: what is known of it, of its Jobs and of its Service in, a plan out. Pure; the order of the steps is
// the meaning of JobSet, and each policy has a file of its own.
//
//   not ours ─▶ nothing
//   sort and count the Jobs
//   finished ─▶ delete the active Jobs, then the JobSet when its time is over
//   delete the Jobs of earlier attempts
//   some failed ─▶ failure policy
//   some succeeded ─▶ success policy, perhaps finished
//   Service ─▶ missing Jobs ─▶ suspend or resume
import { jobSetController, jobSetReasons } from '../../../pkg/models/index.ts';
import { jobSetProblem, sizeProblem } from './checks.ts';
import { type ChildJob, type Children, sortChildren } from './child-jobs.ts';
import { childManifests, type PriorityOf } from './child-manifest.ts';
import { type Counts, countJobs, parentsOf } from './counts.ts';
import { applyFailurePolicy } from './failure-policy.ts';
import { endOfJobSet } from './finished.ts';
import { type Seat, seatsOf } from './naming.ts';
import { headlessService } from './network.ts';
import { emptyPlan, type Plan } from './plan.ts';
import type { JobSetRecord } from './records.ts';
import { noteStartup, type Startable, startable } from './startup-policy.ts';
import { StatusDraft } from './status-draft.ts';
import { isSuccess } from './success-policy.ts';
import { resumeJobs, suspendJobs } from './suspend.ts';

import { remainingMs } from './ttl.ts';

export interface Situation {
  jobSet: JobSetRecord;
  /** Whose controller it is by UID, of every attempt. */
  jobs: readonly ChildJob[];
  /** Whether a Service of the JobSet's subdomain is there. */
  hasService: boolean;
  priorityOf: PriorityOf;
  nowMs: number;
}

/** All that the steps of one pass share. */
interface Pass extends Situation {
  children: Children;
  seats: Seat[][];
  counts: Counts;
  parentOf(job: ChildJob): string | undefined;
  draft: StatusDraft;
  plan: Plan;
}

export function reconcile(situation: Situation): Plan {
  const { jobSet } = situation;
  if (jobSet.deleting || isManagedByOthers(jobSet)) return emptyPlan();
  const tooLarge = sizeProblem(jobSet);
  if (tooLarge !== undefined) return { ...emptyPlan(), problem: tooLarge };
  const pass = begin(situation);
  if (endOfJobSet(jobSet)) afterTheEnd(pass);
  else advance(pass);
  return finish(pass);
}

export function isManagedByOthers({ managedBy }: JobSetRecord): boolean {
  return managedBy !== undefined && managedBy !== jobSetController;
}

function begin(situation: Situation): Pass {
  const { jobSet, jobs, nowMs } = situation;
  const children = sortChildren(jobs, jobSet.status.restarts ?? 0);
  const seats = seatsOf(jobSet);
  const parentOf = parentsOf(seats);
  const counts = countJobs(jobSet.replicatedJobs, children, parentOf);
  const draft = new StatusDraft(jobSet.status, nowMs, jobSet.resourceVersion);
  draft.count(counts);
  return { ...situation, children, seats, counts, parentOf, draft, plan: { ...emptyPlan(), odd: children.odd } };
}

function finish({ plan, draft }: Pass): Plan {
  const status = draft.result();
  if (status) plan.status = status;
  if (draft.finished) plan.finished = draft.finished;
  plan.events.push(...draft.events);
  return plan;
}

function afterTheEnd({ jobSet, children, plan, nowMs }: Pass): void {
  plan.deletions = children.active.filter(isThere);
  const waitMs = remainingMs(jobSet, nowMs);
  plan.deleteJobSet = waitMs === 0;
  if (waitMs !== undefined && waitMs > 0) plan.requeueAfterMs = waitMs;
}

function advance(pass: Pass): void {
  const { jobSet, children, parentOf, draft, plan } = pass;
  plan.deletions = children.previous.filter(isThere);
  if (children.failed.length > 0) applyFailurePolicy(jobSet, children.failed, parentOf, draft);
  else if (children.successful.length > 0 && isSuccess(jobSet, children.successful, parentOf))
    draft.finish('Completed', jobSetReasons.completed, 'jobset completed successfully');
  else start(pass);
}

function start(pass: Pass): void {
  const { jobSet, children, counts, parentOf, draft, plan } = pass;
  const next = startable(jobSet, counts);
  create(pass, next);
  noteStartup(jobSet, next, draft);
  const { active } = children;
  plan.changes = jobSet.suspended ? suspendJobs(active, draft) : resumeJobs(next, active, parentOf, draft);
}

/** What may not be made at all is not made by halves. */
function create({ jobSet, children, seats, plan, jobs, hasService, priorityOf }: Pass, next: Startable): void {
  const needsService = jobSet.network.enabled && !hasService;
  const isBlocked = jobSet.failurePolicy?.strategy === 'BlockingRecreate' && children.previous.length > 0;
  const missing = isBlocked ? [] : missingSeats(seats, jobs, next);
  if (!needsService && missing.length === 0) return;
  const problem = jobSetProblem(jobSet, priorityOf);
  if (problem !== undefined) {
    plan.problem = problem;
    return;
  }
  if (needsService) plan.service = headlessService(jobSet);
  plan.creations = missing.map(childManifests(jobSet, priorityOf));
}

/** Never a name that a Job has already, whatever has become of it. */
function missingSeats(seats: Seat[][], jobs: readonly ChildJob[], { replicatedJobs }: Startable): Seat[] {
  const taken = new Set(jobs.map(({ name }) => name));
  const may = new Set(replicatedJobs);
  return seats.flat().filter(({ name, replicatedJob }) => may.has(replicatedJob) && !taken.has(name));
}

function isThere({ deleting }: ChildJob): boolean {
  return !deleting;
}
