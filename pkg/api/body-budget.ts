// How much of large bodies may be in memory at once, from their first byte to their answer: thousands of clients that
// each send most of a mebibyte and then wait would otherwise take all of it. Small bodies are never refused. When there is
// no room, the large body that has been arriving longest is given up, so that slow senders make room for quick ones.
import { pipeline, type Readable, Transform, type TransformCallback } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasJsonLines } from './json-lines.ts';
import type { ServerLimits } from './limits.ts';

type BudgetLimits = Pick<ServerLimits, 'bodyBytes' | 'smallBodyBytes' | 'largeBodiesBytes'>;

/** The `code` of the error that a body ends in for which there is no room. */
export const noRoomCode = 'KUBEJOBS_NO_ROOM';

/** Meters the bodies of all routes added from now on. */
export function limitBodies(app: FastifyInstance, limits: BudgetLimits): void {
  const budget = new BodyBudget(limits);
  app.addHook('preParsing', (request, reply, payload, done) => {
    done(null, isLarge(request, limits) ? budget.metered(payload as Readable, reply) : payload);
  });
}

/** Of a length that is not known, or that will be read as a whole: what is over the limit is refused before it is. */
function isLarge(request: FastifyRequest, { smallBodyBytes, bodyBytes }: BudgetLimits): boolean {
  if (hasJsonLines(request)) return false;
  const { headers, routeOptions } = request;
  if (headers['transfer-encoding'] !== undefined) return true;
  const bytes = Number(headers['content-length'] ?? 0);
  return bytes > smallBodyBytes && bytes <= (routeOptions.bodyLimit ?? bodyBytes);
}

class BodyBudget {
  readonly #limits: BudgetLimits;
  /** The oldest first. */
  readonly #arriving = new Set<Meter>();
  #held = 0;

  constructor(limits: BudgetLimits) {
    this.#limits = limits;
  }

  /** The same bytes, counted until the reply is over. */
  metered(payload: Readable, reply: FastifyReply): Readable {
    const meter: Meter = new Meter((bytes) => this.#take(meter, bytes));
    this.#arriving.add(meter);
    meter.once('close', () => this.#arriving.delete(meter));
    reply.raw.once('close', () => this.#release(meter));
    pipeline(payload, meter, () => {}); // what went wrong is the reader's to tell
    return meter;
  }

  /** Whether there is room for what came beyond the small part of a body. */
  #take(meter: Meter, bytes: number): boolean {
    const large = Math.min(bytes, Math.max(0, meter.received - this.#limits.smallBodyBytes));
    while (this.#held + large > this.#limits.largeBodiesBytes) {
      const [oldest = meter] = this.#arriving;
      if (oldest === meter) return false;
      this.#arriving.delete(oldest);
      this.#release(oldest);
      oldest.destroy(noRoom());
    }
    meter.held += large;
    this.#held += large;
    return true;
  }

  #release(meter: Meter): void {
    this.#held -= meter.held;
    meter.held = 0;
  }
}

class Meter extends Transform {
  received = 0;
  held = 0;
  readonly #take: (bytes: number) => boolean;

  constructor(take: (bytes: number) => boolean) {
    super();
    this.#take = take;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.received += chunk.length;
    if (this.#take(chunk.length)) done(null, chunk);
    else done(noRoom());
  }
}

function noRoom(): Error {
  return Object.assign(new Error('no room for a large body'), { code: noRoomCode, statusCode: 503 });
}
