// What callers asked for beyond the workload: waiting, retries, timeouts, pauses.
import type { CoreEvent } from '../../../internal/core/events.ts';
import type { RunningJob } from '../../../internal/core/state.ts';
import type { Tampering } from '../../../internal/simulation/world.ts';
import { onApply, type PlantedBug } from './tampering.ts';

type Retries = NonNullable<NonNullable<RunningJob['rules']>['retries']>;

/** What a running job knows of its retries is wrong. */
function withRetries(change: (retries: Retries) => Retries): Tampering {
  return onApply((core, apply, event) => {
    const job = 'jobId' in event ? core.running(event.jobId) : undefined;
    const before = job?.rules;
    if (job && before?.retries) job.rules = { ...before, retries: change(before.retries) };
    const applied = apply(event);
    if (job && before) job.rules = before;
    return applied;
  });
}

/** The conditions of a new job are not what its caller asked for. */
function withConditions(change: (event: Extract<CoreEvent, { kind: 'job_submitted' }>) => CoreEvent): Tampering {
  return onApply((_core, apply, event) => apply(event.kind === 'job_submitted' ? change(event) : event));
}

export const ruleBugs: PlantedBug[] = [
  {
    name: 'a scheduled job runs at once',
    plant: () => withConditions(({ startAt: _forgotten, ...event }) => event),
  },
  {
    name: 'a dependency is met however the other job ended',
    plant: () =>
      withConditions((event) =>
        event.after ? { ...event, after: event.after.map((other) => ({ ...other, on: 'finish' })) } : event,
      ),
  },
  {
    name: 'a job may expire though it had a workload',
    plant: () =>
      onApply((core, apply, event) => {
        const expiresAt = event.kind === 'create_made' ? core.state.expiries.get(event.jobId) : undefined;
        const applied = apply(event);
        if (event.kind === 'create_made' && expiresAt !== undefined) {
          core.state.expiries.set(event.jobId, expiresAt);
          core.state.timers.add(expiresAt, event.jobId);
        }
        return applied;
      }),
  },
  {
    name: 'one retry more than allowed',
    plant: () => withRetries((retries) => ({ ...retries, max: retries.max + 1 })),
  },
  {
    name: 'a retry does not wait for its backoff',
    plant: () => withRetries((retries) => ({ ...retries, backoffMs: 0 })),
  },
  {
    name: 'every failure is retried, whatever its cause',
    plant: () =>
      withRetries((retries) => ({ ...retries, on: ['failed', 'timeout', 'deleted', 'node_lost', 'create_refused'] })),
  },
  {
    name: 'a timeout is left to the cluster',
    plant: () =>
      onApply((core, apply, event) => {
        if (event.kind === 'timer_fired') for (const job of core.state.running.values()) delete job.madeAt;
        return apply(event);
      }),
  },
  {
    name: 'a pause lasts only until the next dispatch',
    plant: () =>
      onApply((core, apply, event) => {
        if (event.kind === 'workload_observed') core.state.paused = false;
        return apply(event);
      }),
  },
];
