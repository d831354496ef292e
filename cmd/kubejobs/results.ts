// Puts the results controller together with what only the queue knows: until when the Job of an attempt must stay, which
// attempts want a result, and the answers to the HTTP server. Off, it saves nothing and shows nothing.
import { ResultExpiry } from '../../internal/controllers/results/expiry.ts';
import { resultsController } from '../../internal/controllers/results/results-controller.ts';
import { savedOutcome } from '../../internal/controllers/results/saved-outcome.ts';
import type { WorkloadObservation } from '../../internal/core/events.ts';
import { untilDeletion, wantsResult } from '../../internal/engine/result-needs.ts';
import type { JobLogsDeps } from '../../internal/logs/job-logs.ts';
import { SavedResults } from '../../internal/logs/saved-results.ts';
import type { Clock } from '../../internal/platform/clock.ts';
import type { Configuration, serveOptions } from '../../internal/platform/configuration.ts';
import type { Part } from '../../internal/platform/lifecycle.ts';
import type { Logger } from '../../internal/platform/logger.ts';
import type { Metrics } from '../../internal/platform/metrics.ts';
import type { Random } from '../../internal/platform/random.ts';
import type { Store } from '../../internal/store/store.ts';
import type { ResultService } from '../../pkg/api/result-service.ts';
import type { ApiResult, Cluster } from '../../pkg/kubernetes/cluster.ts';
import type { LogSource } from '../../pkg/kubernetes/log-source.ts';
import type { Attempt, FieldError, JobSubmission, Refusal, WorkloadReference } from '../../pkg/models/index.ts';

export interface ResultsDeps {
  cluster: Cluster;
  source: LogSource;
  queueId: string;
  store: Pick<Store, 'reader'>;
  /** Empty: all namespaces. */
  namespaces: readonly string[];
  saved?: ((jobId: string, attempt: number) => void) | undefined;
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Metrics;
}

export interface Results {
  /** Why a submission cannot have what it asks for. */
  judge(submission: JobSubmission): Refusal | undefined;
  service: ResultService | undefined;
  /** The log of an attempt whose pods are gone. */
  savedLog: JobLogsDeps['savedLog'];
  /** How an attempt ended whose Job is gone. */
  savedOutcome(
    reference: WorkloadReference,
    jobId: string,
    attempt: number,
  ): Promise<ApiResult<WorkloadObservation | undefined>>;
  /** Whether the workload of a finished attempt must not be deleted yet. */
  awaits(jobId: string, attempt: Attempt): boolean;
  parts: Part[];
}

type Settings = Pick<Configuration<typeof serveOptions>, 'resultsLogs' | 'resultsMaxBytes' | 'resultsTtl'>;

export function assembleResults(isOn: boolean, settings: Settings, deps: ResultsDeps): Results {
  const { saved, ...others } = deps;
  const { cluster, clock, logger, namespaces, store } = deps;
  if (!isOn) return off;
  const startedAt = clock.now();
  const keptForMs = (jobId: string, attempt: number): number =>
    untilDeletion({ store, clock, startedAt }, jobId, attempt);
  const controller = resultsController({
    ...{ ...others, keptForMs, logs: settings.resultsLogs, maxBytes: settings.resultsMaxBytes },
    ...(saved && { saved }),
  });
  const results = new SavedResults({ cluster, namespaces });
  const { resultsTtl: ttlMs } = settings;
  const expiry = ttlMs === 'never' ? undefined : new ResultExpiry({ cluster, namespaces, ttlMs, clock, logger });
  return {
    judge: () => undefined,
    service: results,
    savedLog: (attempt, request) => results.log(attempt, request),
    savedOutcome: async (reference, jobId, attempt) =>
      savedOutcome(cluster, wantsResult(store, jobId), reference, jobId, attempt),
    awaits: (jobId, { attempt, workload }) =>
      wantsResult(store, jobId) !== false && controller.awaits(jobId, attempt, workload.namespace),
    parts: [
      { name: 'results controller', start: () => controller.start(), stop: () => controller.stop() },
      { name: 'results expiry', start: () => expiry?.start(), stop: () => expiry?.stop() },
    ],
  };
}

const none = { outcome: 'ok', value: undefined } as const;

const noResults: FieldError = {
  pointer: '/results',
  detail: 'cannot be true: this server does not save results; add results to its --controllers',
};

const off: Results = {
  judge: ({ rules }) =>
    rules?.results
      ? { code: 'validation_failed', detail: `${noResults.pointer} ${noResults.detail}`, errors: [noResults] }
      : undefined,
  service: undefined,
  savedLog: undefined,
  savedOutcome: async () => none,
  awaits: () => false,
  parts: [],
};
