// The one place that knows prom-client: it turns the table of metrics.ts into a registry and a Metrics to write to.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type MetricDefinition, type MetricName, type Metrics, metricDefinitions } from './metrics.ts';

export interface PrometheusMetrics extends Metrics {
  /** The exposition text of everything, the process's own figures (event-loop lag, memory, CPU) included. */
  text(): Promise<{ contentType: string; body: string }>;
}

type Instrument = Counter | Gauge | Histogram;

export function prometheusMetrics(): PrometheusMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'kubejobs_' });
  const instruments = new Map<string, Instrument>();
  for (const [name, definition] of Object.entries(metricDefinitions)) {
    instruments.set(name, instrumentOf(name, definition, registry));
  }
  const find = <T extends Instrument>(name: MetricName): T => instruments.get(name) as T;
  return {
    count: (name, labels = {}, by = 1) => find<Counter>(name).inc(labels, by),
    set: (name, value, labels = {}) => find<Gauge>(name).set(labels, value),
    observe: (name, value, labels = {}) => find<Histogram>(name).observe(labels, value),
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

function instrumentOf(name: string, definition: MetricDefinition, registry: Registry): Instrument {
  const { type, help, labels, buckets } = definition;
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  if (type === 'counter') return new Counter(options);
  if (type === 'gauge') return new Gauge(options);
  return new Histogram({ ...options, ...(buckets && { buckets: [...buckets] }) });
}
