// The one place that knows OpenTelemetry: it sends finished spans to a collector by OTLP over HTTP. The SDK is loaded when
// traces are on, and not before. A collector that does not answer is told of once, and again when it does; spans that it
// does not take are counted and gone, for nothing waits for them.
// https://opentelemetry.io/docs/specs/otel/protocol/exporter/
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { redacted } from './problem-memory.ts';
import type { FinishedSpan, Tracing } from './tracing.ts';

export interface OtlpDeps {
  /** Where spans go, the path `/v1/traces` included. */
  url: string;
  version: string;
  logger: Pick<Logger, 'info' | 'warn'>;
  metrics: Pick<Metrics, 'count'>;
  /** How long spans are gathered before they are sent. */
  delayMs?: number;
}

export interface Otlp extends Tracing {
  /** Sends what is left, as far as that goes within two seconds. */
  stop(): Promise<void>;
}

const timeoutMs = 5_000;
const lastWordsMs = 2_000;

/** Headers, certificates, the service's name and attributes come from the variables of OpenTelemetry. */
export async function openOtlp({ url, version, logger, metrics, delayMs = 2_000 }: OtlpDeps): Promise<Otlp> {
  const [api, sdk, { OTLPTraceExporter }, resources] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const own = resources.resourceFromAttributes({ 'service.name': 'kubejobs', 'service.version': version });
  const resource = own.merge(resources.detectResources({ detectors: [resources.envDetector] }));
  const exporter = telling(new OTLPTraceExporter({ url, timeoutMillis: timeoutMs }), url, { logger, metrics });
  const processor = new sdk.BatchSpanProcessor(exporter, { scheduledDelayMillis: delayMs });
  const kinds = { server: api.SpanKind.SERVER, internal: api.SpanKind.INTERNAL };
  const scope = { name: 'kubejobs', version };
  return {
    record(span) {
      processor.onEnd({ ...readableSpan(span), kind: kinds[span.kind], resource, instrumentationScope: scope });
    },
    stop: () => withinLastWords(processor.shutdown()),
  };
}

const sampled = 1;

function readableSpan(span: FinishedSpan): Omit<ReadableSpan, 'kind' | 'resource' | 'instrumentationScope'> {
  const { traceId, spanId, parentSpanId, name, startMs, endMs, attributes, failed } = span;
  const context = { traceId, spanId, traceFlags: sampled };
  return {
    ...{ name, attributes, links: [], events: [], ended: true },
    ...{ startTime: hrTime(startMs), endTime: hrTime(endMs), duration: hrTime(endMs - startMs) },
    ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
    spanContext: () => context,
    ...(parentSpanId !== undefined && { parentSpanContext: { ...context, spanId: parentSpanId } }),
    status: failed === undefined ? { code: 0 } : { code: 2, message: failed },
  };
}

/** Seconds and nanoseconds. */
function hrTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1_000_000)];
}

/** The same exporter, which counts what becomes of spans and tells of a collector that is gone, once. */
function telling(exporter: SpanExporter, url: string, { logger, metrics }: Pick<OtlpDeps, 'logger' | 'metrics'>) {
  const endpoint = redacted(url);
  let isGone = false;
  const told = (ok: boolean, spans: number, error: Error | undefined): void => {
    metrics.count('kubejobs_spans_total', { outcome: ok ? 'exported' : 'failed' }, spans);
    if (!ok && !isGone)
      logger.warn(
        { endpoint, problem: redacted(error?.message ?? 'no answer') },
        'traces cannot be sent; they are dropped until the collector takes them',
      );
    if (ok && isGone) logger.info({ endpoint }, 'traces are sent again');
    isGone = !ok;
  };
  const wrapped: SpanExporter = {
    export(spans, done) {
      exporter.export(spans, (result) => {
        told(result.code === 0, spans.length, result.error);
        // The failure is told; the SDK's own handler would tell it at every batch.
        done({ code: 0 });
      });
    },
    shutdown: () => exporter.shutdown(),
  };
  return wrapped;
}

function withinLastWords(work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, lastWordsMs);
    work
      .catch(() => undefined)
      .finally(() => {
        clearTimeout(timer);
        resolve();
      });
  });
}
