// Puts the finish webhooks together: off without `--webhooks`, and then only what is left over from before can be seen.
import { readFileSync } from 'node:fs';
import type { Engine } from '../../internal/engine/engine.ts';
import type { EventHub } from '../../internal/engine/event-hub.ts';
import type { Clock } from '../../internal/platform/clock.ts';
import { ConfigurationError } from '../../internal/platform/configuration.ts';
import type { Part } from '../../internal/platform/lifecycle.ts';
import type { Logger } from '../../internal/platform/logger.ts';
import type { Metrics } from '../../internal/platform/metrics.ts';
import type { Random } from '../../internal/platform/random.ts';
import type { Store } from '../../internal/store/store.ts';
import { Collector } from '../../internal/webhooks/collector.ts';
import { Deliverer } from '../../internal/webhooks/deliverer.ts';
import { Sender } from '../../internal/webhooks/sender.ts';
import { WebhooksService } from '../../internal/webhooks/service.ts';
import type { JobService } from '../../pkg/api/service.ts';
import { jobDocumentOf } from '../../pkg/api/wire.ts';
import { isFinished } from '../../pkg/models/index.ts';
import { programVersion } from './version.ts';

export interface WebhookSettings {
  /** What `--webhooks` says. */
  allowed: readonly string[];
  secret: string;
}

export interface WebhooksDeps {
  settings: WebhookSettings | undefined;
  engine: Pick<Engine, 'write'>;
  hub: EventHub;
  store: Store;
  jobs: () => Pick<JobService, 'job'>;
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Metrics;
}

const shortestSecret = 16;

/** Undefined when webhooks are off. Throws a ConfigurationError. */
export function readWebhookSettings(options: {
  webhooks: readonly string[] | undefined;
  webhookSecretFile: string | undefined;
}): WebhookSettings | undefined {
  const { webhooks: allowed, webhookSecretFile: file } = options;
  if (allowed === undefined) return undefined;
  if (file === undefined) {
    throw new ConfigurationError('--webhooks needs --webhook-secret-file: receivers know messages by their signature');
  }
  return { allowed, secret: readSecret(file) };
}

function readSecret(file: string): string {
  let secret: string;
  try {
    secret = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new ConfigurationError(`--webhook-secret-file ${file} cannot be used: ${(error as Error).message}`);
  }
  if (secret.length >= shortestSecret) return secret;
  throw new ConfigurationError(
    `--webhook-secret-file ${file} cannot be used: a secret of at least ${shortestSecret} characters is needed, such as ` +
      'one made by "openssl rand -hex 32"',
  );
}

export function assembleWebhooks({ settings, engine, hub, jobs, ...shared }: WebhooksDeps): {
  service: WebhooksService;
  part: Part;
} {
  const write = engine.write.bind(engine);
  if (!settings)
    return { service: new WebhooksService({ ...shared, write, allowed: undefined, kick() {} }), part: off };
  const documentOf = (jobId: string): object | undefined => {
    const job = jobs().job(jobId);
    return job && jobDocumentOf(job);
  };
  const deliverer = new Deliverer({
    ...{ ...shared, write },
    collector: new Collector({ ...shared, write, documentOf }),
    sender: new Sender({ ...settings, clock: shared.clock, version: programVersion() }),
    listen: (listener) => hub.listen((events) => events.some(({ state }) => isFinished(state)) && listener()),
  });
  const service = new WebhooksService({ ...shared, write, allowed: settings.allowed, kick: () => deliverer.kick() });
  return { service, part: { name: 'webhooks', start: () => deliverer.start(), stop: () => deliverer.stop() } };
}

const off: Part = { name: 'webhooks' };
