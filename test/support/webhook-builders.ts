// Finish webhooks over an engine, a store in memory and a virtual clock, with a sender that a test answers for.
import { Engine } from '../../internal/engine/engine.ts';
import { EventHub } from '../../internal/engine/event-hub.ts';
import { EngineService } from '../../internal/engine/service.ts';
import { silentMetrics } from '../../internal/platform/metrics.ts';
import { seededRandom } from '../../internal/platform/random.ts';
import { Collector } from '../../internal/webhooks/collector.ts';
import { Deliverer } from '../../internal/webhooks/deliverer.ts';
import { WebhooksService } from '../../internal/webhooks/service.ts';
import type { TryResult } from '../../internal/webhooks/tries.ts';
import type { Delivery } from '../../pkg/models/index.ts';
import { coreSettings } from './core-builders.ts';
import { HeldStore } from './held-store.ts';
import { aSubmission } from './job-builders.ts';
import { recordingLogger, recordingMetrics } from './recorders.ts';
import { virtualClock } from './virtual-clock.ts';

export const hook = 'https://hooks.example/finished';

export interface WebhookOptions {
  at?: number;
  store?: HeldStore;
  seed?: number;
  /** What each try comes to; never, when it promises so. */
  answer?: (delivery: Delivery) => TryResult | Promise<TryResult>;
  mostPending?: number;
  mostFailed?: number;
  /** As without `--webhooks`. */
  off?: boolean;
}

export async function aWebhookWorld(options: WebhookOptions = {}) {
  const { at = 1_700_000_000_000, store = new HeldStore(), seed = 7, answer = () => ({ status: 200 }) } = options;
  const clock = virtualClock(at);
  const logger = recordingLogger();
  const metrics = recordingMetrics();
  const random = seededRandom(seed);
  const hub = new EventHub({ reader: store.reader });
  const shared = { store, clock, random, logger, metrics };
  const engine = new Engine({
    ...{ ...shared, metrics: silentMetrics, settings: coreSettings(), committed: () => hub.committed() },
    nameWorkload: (job, attempt) => ({ kind: 'Job', namespace: 'default', name: `${job.name}-${attempt}` }),
    release: () => {},
    resync: () => {},
  });
  const write = engine.write.bind(engine);
  const jobs = new EngineService({ engine, store, checkTemplate: async () => undefined, simulated: true });
  const sent: Delivery[] = [];
  const sender = {
    send: async (delivery: Pick<Delivery, 'deliveryId' | 'url' | 'body'>) => {
      sent.push(delivery as Delivery);
      return answer(delivery as Delivery);
    },
    stop: async () => {},
  };
  const { mostPending = 1_000, mostFailed = 1_000 } = options;
  const collector = new Collector({ ...shared, mostPending, write, documentOf: (jobId) => jobs.job(jobId) });
  const listen = (listener: () => void) => hub.listen(() => listener());
  const deliverer = new Deliverer({ ...shared, mostFailed, write, collector, sender, listen });
  const allowed = options.off ? undefined : ['hooks.example', 'other.example'];
  const webhooks = new WebhooksService({ ...shared, write, allowed, kick: () => deliverer.kick() });
  await engine.start();
  if (!options.off) deliverer.start();
  await clock.settle();

  /** Submits a job and cancels it: it has finished. */
  async function finish(name: string, url: string | null = hook): Promise<string> {
    const answered = await engine.submit(aSubmission(name, url === null ? {} : { rules: { onFinish: { url } } }));
    if (!answered.ok) throw new Error(answered.refusal.detail);
    const { jobId } = answered.value;
    await jobs.cancel(jobId);
    await clock.settle();
    return jobId;
  }

  const names = () => sent.map(({ body }) => (JSON.parse(body) as { job: { name: string } }).job.name);
  const left = () => webhooks.deliveries(undefined, { limit: 1_000 }).items;
  return { clock, store, engine, deliverer, webhooks, jobs, logger, metrics, sent, names, left, finish };
}
