// The spans of a job's life, made from its rows alone: so they are the same whoever makes them, and when. Each is told by the
// entry of the timeline that ends it.
//
//   POST /jobs ──▶ job ─┬▶ queued     from acceptance, or the end of the attempt before, to the dispatch
//                       ├▶ running ──▶ create     the attempt; until its workload was known to exist
//                       └▶ result     until its result was saved
//
// A job belongs to the trace that its annotation names; without one its own id is the id of its trace. A finished job that is
// run again begins a second span `job` in the same trace.
import { isFinished, type Job, type JobDetail, type JobState, type TimelineEntry } from '../../pkg/models/index.ts';
import {
  type FinishedSpan,
  parseTraceParent,
  spanIdOf,
  type TraceParent,
  traceParentAnnotation,
} from '../platform/tracing.ts';

type Phase = 'waiting' | 'running' | 'finished';

/** Undefined when whoever began the trace does not want it recorded. */
function traceOf({ jobId, annotations }: Job): (Partial<TraceParent> & { traceId: string }) | undefined {
  const parent = parseTraceParent(annotations?.[traceParentAnnotation]);
  if (parent === undefined) return { traceId: jobId.replaceAll('-', '').toLowerCase() };
  return parent.sampled ? parent : undefined;
}

function phaseOf(state: JobState): Phase {
  if (state === 'running') return 'running';
  return isFinished(state) ? 'finished' : 'waiting';
}

/** Where in its life the job is after an entry. */
interface Stage {
  phase: Phase;
  since: number;
  /** How often it was finished and run again. */
  life: number;
  lifeSince: number;
  attempt: number;
  waits: number;
}

/** What the entry ends; nothing for one that only changes a reason, or one that the job does not have. */
export function spansEndedBy(job: JobDetail, event: Pick<TimelineEntry, 'at' | 'state' | 'reason'>): FinishedSpan[] {
  const trace = traceOf(job);
  if (trace === undefined) return [];
  let before: Stage | undefined;
  let found: FinishedSpan[] = [];
  for (const entry of job.timeline) {
    const after = nextStage(before, entry);
    const isIt = entry.at === event.at && entry.state === event.state && entry.reason === event.reason;
    if (isIt && before !== undefined && before.phase !== after.phase) found = spansBetween(job, trace, before, entry);
    before = after;
  }
  return found;
}

function nextStage(before: Stage | undefined, entry: TimelineEntry): Stage {
  const { at } = entry;
  const phase = phaseOf(entry.state);
  if (before === undefined) return { phase, since: at, life: 0, lifeSince: at, attempt: entry.attempt ?? 0, waits: 0 };
  const attempt = entry.attempt ?? before.attempt;
  if (phase === before.phase) return { ...before, attempt };
  const again = before.phase === 'finished' ? { life: before.life + 1, lifeSince: at } : {};
  return { ...before, phase, since: at, attempt, waits: before.waits + (phase === 'waiting' ? 1 : 0), ...again };
}

type Trace = NonNullable<ReturnType<typeof traceOf>>;

function spansBetween(job: JobDetail, trace: Trace, before: Stage, entry: TimelineEntry): FinishedSpan[] {
  const { life, since, waits } = before;
  const root = spanIdOf(job.jobId, 'job', life);
  const common = { traceId: trace.traceId, kind: 'internal' as const, endMs: entry.at };
  const failed = failureOf(entry);
  const spans: FinishedSpan[] = [];
  if (before.phase === 'waiting') {
    const spanId = spanIdOf(job.jobId, 'queued', waits);
    spans.push({
      ...common,
      spanId,
      parentSpanId: root,
      name: 'queued',
      startMs: since,
      attributes: attributesOf(job),
    });
  }
  if (before.phase === 'running') spans.push(...spansOfAttempt(job, common, root, before, entry));
  if (isFinished(entry.state)) {
    const parent = trace.spanId === undefined ? {} : { parentSpanId: trace.spanId };
    const attributes = { ...attributesOf(job), ...outcomeOf(entry) };
    spans.push({ ...common, ...parent, spanId: root, name: 'job', startMs: before.lifeSince, attributes, ...failed });
  }
  return spans;
}

function spansOfAttempt(
  job: JobDetail,
  common: Pick<FinishedSpan, 'traceId' | 'kind' | 'endMs'>,
  root: string,
  { attempt, since }: Stage,
  entry: TimelineEntry,
): FinishedSpan[] {
  const row = job.attempts.find((each) => each.attempt === attempt);
  const startMs = row?.dispatchedAt ?? since;
  const spanId = spanIdOf(job.jobId, 'running', attempt, startMs);
  const place = row && { 'k8s.namespace.name': row.workload.namespace, 'k8s.workload.name': row.workload.name };
  const attributes = { ...attributesOf(job), 'kubejobs.attempt': attempt, ...place };
  const running: FinishedSpan = {
    ...{ ...common, spanId, parentSpanId: root, name: 'running', startMs },
    attributes: {
      ...{ ...attributes, ...outcomeOf(entry) },
      ...(row?.exitCode !== undefined && { 'kubejobs.exit_code': row.exitCode }),
    },
    ...failureOf(entry),
  };
  const create: FinishedSpan = {
    ...{ ...common, spanId: spanIdOf(job.jobId, 'create', attempt, startMs), parentSpanId: spanId, name: 'create' },
    ...{ startMs, endMs: Math.min(row?.madeAt ?? common.endMs, common.endMs), attributes },
    ...(row?.madeAt === undefined && { failed: row?.creation ?? 'unknown' }),
  };
  return [create, running];
}

/** Until the result of an attempt was saved, which may be before the queue has heard of its end. */
export function resultSpan(job: JobDetail, attempt: number, savedAt: number): FinishedSpan | undefined {
  const trace = traceOf(job);
  if (trace === undefined) return undefined;
  const ends = job.timeline.filter(({ state }) => isFinished(state)).length;
  const life = Math.max(0, ends - (isFinished(job.state) ? 1 : 0));
  const startMs = job.attempts.find((each) => each.attempt === attempt)?.finishedAt ?? savedAt;
  return {
    ...{ traceId: trace.traceId, spanId: spanIdOf(job.jobId, 'result', attempt) },
    ...{ parentSpanId: spanIdOf(job.jobId, 'job', life), name: 'result', kind: 'internal' },
    ...{ startMs, endMs: Math.max(startMs, savedAt) },
    attributes: { ...attributesOf(job), 'kubejobs.attempt': attempt },
  };
}

function attributesOf({ jobId, name, queue, priority }: Job): Record<string, string | number> {
  return {
    ...{ 'kubejobs.job_id': jobId, 'kubejobs.job_name': name },
    ...{ 'kubejobs.queue': queue, 'kubejobs.priority': priority },
  };
}

/** Without the message, which may repeat what containers have written. */
function outcomeOf({ state, reason }: TimelineEntry): Record<string, string> {
  return { 'kubejobs.outcome': state, ...(reason && { 'kubejobs.reason': reason }) };
}

function failureOf({ state, reason }: TimelineEntry): { failed?: string } {
  return state === 'failed' || state === 'expired' ? { failed: reason ?? state } : {};
}
