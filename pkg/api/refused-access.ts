// What is kept of calls that were turned away: each is counted, and some are told to the log, at most one line for each
// reason in ten seconds, so that guessing fills no disk. Nothing of the header is ever told, and nothing of the URL but
// the route's pattern: somebody may have put a token there.
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../internal/platform/clock.ts';
import type { Logger } from '../../internal/platform/logger.ts';
import type { Metrics } from '../../internal/platform/metrics.ts';
import type { Role } from '../models/index.ts';

export type AccessRefusal =
  /** No Authorization header, or one that is not a bearer token's. */
  | { reason: 'no_token' | 'no_bearer_token' | 'unknown_token' }
  | { reason: 'expired'; name: string }
  | { reason: 'role'; name: string; role: Role };

export interface AccessRefusalsDeps {
  clock: Pick<Clock, 'now'>;
  logger: Pick<Logger, 'warn'>;
  metrics: Pick<Metrics, 'count'>;
}

const logIntervalMs = 10_000;

interface Told {
  atMs: number;
  /** Refusals that were not told since. */
  silent: number;
}

export class AccessRefusals {
  readonly #deps: AccessRefusalsDeps;
  readonly #told = new Map<AccessRefusal['reason'], Told>();

  constructor(deps: AccessRefusalsDeps) {
    this.#deps = deps;
  }

  note(refusal: AccessRefusal, request: FastifyRequest): void {
    const { clock, logger, metrics } = this.#deps;
    metrics.count('kubejobs_access_refusals_total', { reason: refusal.reason });
    const nowMs = clock.now();
    const told = this.#told.get(refusal.reason);
    if (told !== undefined && nowMs - told.atMs < logIntervalMs) {
      told.silent += 1;
      return;
    }
    this.#told.set(refusal.reason, { atMs: nowMs, silent: 0 });
    logger.warn({ ...refusal, ...whence(request), alsoSinceTheLastLine: told?.silent ?? 0 }, 'a call was turned away');
  }
}

function whence(request: FastifyRequest): object {
  return { method: request.method, route: request.routeOptions.url ?? 'none', address: request.ip };
}
