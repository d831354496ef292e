// Whether traces are on and where they go: what --otlp-endpoint says, else the variables of OpenTelemetry, else nowhere.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
import type { EventHub } from '../../internal/engine/event-hub.ts';
import type { Clock } from '../../internal/platform/clock.ts';
import { ConfigurationError } from '../../internal/platform/configuration.ts';
import type { Environment } from '../../internal/platform/environment.ts';
import type { Part } from '../../internal/platform/lifecycle.ts';
import type { Logger } from '../../internal/platform/logger.ts';
import type { Metrics } from '../../internal/platform/metrics.ts';
import { openOtlp } from '../../internal/platform/otlp.ts';
import type { Random } from '../../internal/platform/random.ts';
import type { Store } from '../../internal/store/store.ts';
import { JobTracer } from '../../internal/tracing/job-tracer.ts';
import type { RequestTraces } from '../../pkg/api/request-traces.ts';
import { programVersion } from './version.ts';

export interface TracingSide {
  /** Undefined when traces are off. */
  requests: RequestTraces | undefined;
  saved?: (jobId: string, attempt: number) => void;
  part: Part;
}

interface Deps {
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Metrics;
}

const off: TracingSide = { requests: undefined, part: { name: 'traces' } };

/** The whole URL; undefined when traces are off. Throws a ConfigurationError for a variable that is no URL. */
export function tracesUrl(
  { otlpEndpoint }: { otlpEndpoint: string | undefined },
  environment: Environment,
): string | undefined {
  if (otlpEndpoint === 'none') return undefined;
  if (otlpEndpoint !== undefined) return below(otlpEndpoint);
  const { OTEL_SDK_DISABLED: disabled, OTEL_TRACES_EXPORTER: exporter } = environment;
  if (disabled?.toLowerCase() === 'true' || exporter === 'none') return undefined;
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ofTraces, OTEL_EXPORTER_OTLP_ENDPOINT: ofAll } = environment;
  if (ofTraces) return checked('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', ofTraces);
  return ofAll ? below(checked('OTEL_EXPORTER_OTLP_ENDPOINT', ofAll)) : undefined;
}

/** It may hold a secret, so it is not repeated. */
function checked(variable: string, url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new ConfigurationError(`${variable} has a value that is not allowed; allowed is an http or https URL`);
}

function below(endpoint: string): string {
  const url = new URL(endpoint);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`;
  return url.href;
}

export async function openTracing(
  url: string | undefined,
  { store, hub, ...deps }: Deps & { store: Pick<Store, 'reader'>; hub: Pick<EventHub, 'listen'> },
): Promise<TracingSide> {
  if (url === undefined) return off;
  const tracing = await openOtlp({ url, version: programVersion(), ...deps });
  const tracer = new JobTracer({ tracing, reader: store.reader, listen: (listener) => hub.listen(listener) });
  return {
    requests: { tracing, clock: deps.clock, random: deps.random },
    saved: (jobId, attempt) => tracer.saved(jobId, attempt, deps.clock.now()),
    part: {
      name: 'traces',
      start: () => tracer.start(),
      stop: () => {
        tracer.stop();
        return tracing.stop();
      },
    },
  };
}
