// What tests of the core are built from: readable job ids, events with only the telling parts, decisions as lines of text.
import type { Decision } from '../../internal/core/decisions.ts';
import type { Conditions, CoreEvent, ToBeWaitedFor } from '../../internal/core/events.ts';
import type { CoreSettings } from '../../internal/core/state.ts';
import type { AttemptRules, FinishedState, RetryCause } from '../../pkg/models/index.ts';

export function coreSettings(settings: Partial<CoreSettings> = {}): CoreSettings {
  return { maxConcurrency: 2, settleMs: 0, jobTtlMs: 3_600_000, ...settings };
}

/** A UUIDv7 that spells the name (up to six letters or digits) in its last part. */
export function idOf(name: string): string {
  return `01900000-0000-7000-8000-${Buffer.from(name.padEnd(6, '\0')).toString('hex')}`;
}

export function nameOf(jobId: string): string {
  return Buffer.from(jobId.slice(-12), 'hex').toString().replaceAll('\0', '');
}

export function uidOf(name: string): string {
  return `uid-of-${name}`;
}

/** Events by the words of the scenario language (core-scenario.ts says what each means). */
export function eventOf(word: string, at: number, job: string, options: Record<string, string> = {}): CoreEvent {
  const [name = '', attempt = '1'] = job.split('/');
  const about = { at, jobId: idOf(name), attempt: Number(attempt) };
  const message = options.message ?? word;
  const wait = options['retry-after'] === undefined ? {} : { retryAfterMs: Number(options['retry-after']) };
  const restarts = options.restarts === undefined ? {} : { restarts: { count: Number(options.restarts), message } };
  const observed = { kind: 'workload_observed', ...about, uid: options.uid ?? uidOf(name), ...restarts } as const;
  switch (word) {
    case 'submit':
      return {
        kind: 'job_submitted',
        at,
        jobId: idOf(name),
        priority: Number(options.prio ?? 0),
        ...conditionsOf(options),
      };
    case 'hold':
    case 'release':
      return { kind: 'hold_changed', at, jobId: idOf(name), held: word === 'hold' };
    case 'retry': {
      const [priority, sequence, attempts] = ['prio', 'seq', 'attempts'].map((key) => Number(options[key] ?? 0)) as [
        number,
        number,
        number,
      ];
      return { kind: 'retry_requested', at, jobId: idOf(name), priority, sequence, attempts };
    }
    case 'pause':
    case 'resume':
      return { kind: 'settings_changed', at, paused: word === 'pause' };
    case 'cap':
      return { kind: 'settings_changed', at, maxConcurrency: Number(options.to) };
    case 'cancel':
      return { kind: 'cancel_requested', at, jobId: idOf(name) };
    case 'give-way':
      return { kind: 'give_way_requested', ...about, message };
    case 'priority':
      return { kind: 'priority_changed', at, jobId: idOf(name), priority: Number(options.prio) };
    case 'made':
      return { kind: 'create_made', ...about, uid: options.uid ?? uidOf(name) };
    case 'refused':
    case 'quota':
      return { kind: 'create_refused', ...about, refusal: word === 'quota' ? 'quota' : 'permanent', message };
    case 'unknown':
    case 'unread':
      return { kind: 'create_unknown', ...about, surelyNotMade: word === 'unread', message, ...wait };
    case 'deleted':
      return { kind: 'delete_answered', ...about, outcome: 'accepted' };
    case 'delete-missing':
      return { kind: 'delete_answered', ...about, outcome: 'missing' };
    case 'delete-finished':
      return { kind: 'delete_answered', ...about, outcome: 'finished' };
    case 'delete-failed':
      return { kind: 'delete_answered', ...about, outcome: 'failed', message, ...wait };
    case 'missing':
      return { kind: 'workload_missing', ...about };
    case 'runs':
      return { ...observed, observation: { phase: 'active' } };
    case 'starting':
    case 'unschedulable':
    case 'image_problem':
      return { ...observed, observation: { phase: 'active', reason: word, message } };
    case 'succeeded':
      return { ...observed, observation: { phase: 'succeeded', exitCode: 0 } };
    case 'failed':
      return {
        ...observed,
        observation: { phase: 'failed', reason: 'exit_code', exitCode: Number(options.exit ?? 7) },
      };
    case 'up':
    case 'down':
      return { kind: 'cluster_reachability_changed', at, reachable: word === 'up' };
    case 'drain':
      return { kind: 'drain_started', at };
    case 'tick':
      return { kind: 'timer_fired', at };
    default:
      throw new Error(`there is no event ${word}`);
  }
}

/** `hold=yes start=500 expires=900 after=b:success,c:finish`; a job that has ended as `d:success/failed`. */
function conditionsOf({ hold, start, expires, after }: Record<string, string>): Conditions {
  return {
    ...(hold && { held: true }),
    ...(start && { startAt: Number(start) }),
    ...(expires && { expiresAt: Number(expires) }),
    ...(after && { after: after.split(',').map(dependencyOf) }),
  };
}

function dependencyOf(text: string): ToBeWaitedFor {
  const [name = '', on, finished] = text.split(/[:/]/);
  const dependency = { jobId: idOf(name), on: on as ToBeWaitedFor['on'] };
  return finished ? { ...dependency, finished: finished as FinishedState } : dependency;
}

/** `timeout=5000 retries=2 backoff=1000 on=failed,exit:7 before=1 gave=2`: what the core is told when the job starts. */
export function rulesOf({
  timeout,
  retries,
  backoff = '1000',
  on = 'failed',
  before,
  gave,
}: Record<string, string>): AttemptRules {
  return {
    ...(timeout && { timeoutMs: Number(timeout) }),
    ...(retries && {
      retries: {
        ...{ max: Number(retries), backoffMs: Number(backoff), backoffFactor: 2, maxBackoffMs: 60_000 },
        on: on.split(',') as RetryCause[],
      },
    }),
    ...(before && { attemptsBefore: Number(before) }),
    ...(gave && { gaveWayTimes: Number(gave) }),
  };
}

/** One line per thing that a person would call a decision; a dispatch is one, though it takes three to carry out. */
export function linesOf(decisions: readonly Decision[]): string[] {
  const lines: string[] = [];
  const started = new Set<string>();
  for (const decision of decisions) {
    const line = lineOf(decision, started);
    if (line) lines.push(line);
  }
  return lines;
}

function lineOf(decision: Decision, started: Set<string>): string | undefined {
  if (decision.kind === 'wake_at' || decision.kind === 'change_attempt') return undefined;
  if (decision.kind === 'change_settings') return `settings ${JSON.stringify(decision.set)}`;
  const name = nameOf(decision.jobId);
  if (decision.kind === 'start_attempt') {
    started.add(name);
    return `dispatch ${name}`;
  }
  if (decision.kind === 'delete_workload') {
    return `delete ${name}${decision.propagation === 'foreground' ? '' : ' in background'}`;
  }
  if (decision.kind === 'create_workload') return started.has(name) ? undefined : `create ${name}`;
  const { state, reason, priority } = decision.set;
  if (state === undefined && !('reason' in decision.set) && priority === undefined) return undefined;
  if (priority !== undefined) return `${name} has priority ${priority}`;
  if (state === 'running' && started.has(name)) return undefined;
  return `${name} ${state ?? 'running'}${reason ? ` ${reason}` : ''}`;
}
