// From `--store` to a store: the one place that knows which kinds there are.
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Random } from '../platform/random.ts';
import { memoryStore } from './memory.ts';
import { fragileBuildMessage, hasFragileBuild } from './sqlite/fragile-build.ts';
import { requireNativePart } from './sqlite/native-part.ts';
import { openSqliteStore } from './sqlite/sqlite-store.ts';
import type { ClusterKind, Store } from './store.ts';

export interface OpenStoreDeps {
  clock: Pick<Clock, 'now'>;
  random: Pick<Random, 'uuid'>;
  logger: Pick<Logger, 'error'>;
  cluster?: ClusterKind;
}

/** The text names no kind of store; the message says what is allowed. */
export class StoreSpecError extends Error {
  override readonly name = 'StoreSpecError';

  constructor(spec: string) {
    super(`there is no store "${spec}"; allowed are sqlite:PATH and memory`);
  }
}

/** Rejects with a StoreSpecError for a text that is neither, with a StoreFailure for a database that can't be used. */
export async function openStore(spec: string, { clock, random, logger, cluster }: OpenStoreDeps): Promise<Store> {
  const newId = (): string => random.uuid(clock.now());
  if (spec === 'memory') return memoryStore({ queueId: newId() });
  const path = /^sqlite:(.+)$/s.exec(spec)?.[1];
  if (path === undefined) throw new StoreSpecError(spec);
  requireNativePart();
  if (hasFragileBuild()) logger.error({}, fragileBuildMessage);
  return openSqliteStore({ path, newId, clock, log: logger, ...(cluster && { cluster }) });
}
