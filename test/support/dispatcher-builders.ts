// A dispatcher on a fake cluster, with what it emitted.

import type { Effect } from '../../internal/core/decisions.ts';
import type { ClusterEvent } from '../../internal/core/events.ts';
import type { DispatcherDeps } from '../../internal/dispatcher/dispatcher.ts';
import { Dispatcher } from '../../internal/dispatcher/dispatcher.ts';
import { silentLogger } from '../../internal/platform/logger.ts';
import { silentMetrics } from '../../internal/platform/metrics.ts';
import type { Attempt } from '../../pkg/models/index.ts';
import { idOf } from './core-builders.ts';
import { type FakeCall, type FakeCluster, fakeCluster, markedJob } from './fake-cluster.ts';
import { aJob, anAttempt } from './job-builders.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

export const queueId = '7d444840-9dc0-4bb1-b5d1-00000000feed';

export interface TestDispatcher {
  dispatcher: Dispatcher;
  cluster: FakeCluster;
  clock: VirtualClock;
  emitted: ClusterEvent[];
}

export function aDispatcher(
  rule?: Parameters<typeof fakeCluster>[0],
  deps: Partial<DispatcherDeps> = {},
): TestDispatcher {
  const cluster = fakeCluster(rule);
  const clock = virtualClock(1_000);
  const emitted: ClusterEvent[] = [];
  const dispatcher = new Dispatcher({
    ...{ cluster, clock, queueId, metrics: silentMetrics, logger: silentLogger, concurrency: 2 },
    manifest: (job, attempt) =>
      markedJob({ queueId, jobId: job.jobId, attempt: attempt.attempt }, { name: attempt.workload.name }),
    emit: (event) => emitted.push(event),
    ...deps,
  });
  return { dispatcher, cluster, clock, emitted };
}

export function createOf(name: string, attempt: Partial<Attempt> = {}): Effect {
  return { kind: 'create_workload', job: aJob(name), attempt: anAttempt({ ...named(name), ...attempt }) };
}

/** `uid`: as far as it is known. */
export function deleteOf(name: string, uid?: string, propagation: 'foreground' | 'background' = 'foreground'): Effect {
  const { workload } = named(name);
  const attempt = anAttempt({ workload: { ...workload, ...(uid && { uid }) } });
  return { kind: 'delete_workload', jobId: idOf(name), attempt, propagation };
}

function named(name: string): Pick<Attempt, 'workload'> {
  return { workload: { kind: 'Job', namespace: 'default', name: `w-${name}` } };
}

/** `create w-a`. */
export function callsOf(calls: FakeCall[]): string[] {
  return calls.map((call) => `${call.verb} ${call.name}`);
}
