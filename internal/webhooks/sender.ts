// One try of a delivery: a signed POST to a host on the list, at an address that it may have. Follows no redirect, keeps no
// cookie, reads no answer but its status, and ends after 15 seconds. Addresses are checked in the very lookup that the
// connection is made with, so a name cannot resolve to one thing for the check and to another for the call.
import { lookup as systemLookup } from 'node:dns';
import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import type { Delivery } from '../../pkg/models/index.ts';
import type { Clock } from '../platform/clock.ts';
import { type Trust, whyNot } from './addresses.ts';
import { hostNameOf, isLoopbackHost, judgeUrl } from './allow-list.ts';
import { signatureHeader, signatureOf } from './signature.ts';
import type { TryResult } from './tries.ts';

export interface SenderDeps {
  clock: Clock;
  /** What `--webhooks` says. */
  allowed: readonly string[];
  secret: string;
  version: string;
  /** As node:dns has it; for tests. */
  lookup?: typeof systemLookup;
}

const tryLimitMs = 15_000;
const connectLimitMs = 5_000;

export class Sender {
  readonly #deps: SenderDeps;
  /** One for each way in which a host is trusted: connections are never shared between them. */
  readonly #agents = new Map<string, Agent>();
  readonly #stopping = new AbortController();

  constructor(deps: SenderDeps) {
    this.#deps = deps;
  }

  /** Ends the tries that are under way, as failed ones. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
  }

  async send({ url, body, deliveryId }: Pick<Delivery, 'url' | 'body' | 'deliveryId'>): Promise<TryResult> {
    const found = judgeUrl(url, this.#deps.allowed);
    if (!found.ok) return { error: `the URL ${found.detail}` };
    const name = hostNameOf(new URL(url));
    const trust = { exact: found.exact, loopback: isLoopbackHost(name) };
    const problem = isIP(name) === 0 ? undefined : whyNot(name, trust);
    if (problem !== undefined) return { error: `${name} ${problem}` };
    return this.#post(url, body, deliveryId, this.#agentFor(trust));
  }

  async #post(url: string, body: string, deliveryId: string, dispatcher: Agent): Promise<TryResult> {
    const { clock, secret, version } = this.#deps;
    const limit = new AbortController();
    const cancelLimit = clock.schedule(tryLimitMs, () => limit.abort(new Error(`no answer within ${tryLimitMs} ms`)));
    const headers = {
      'content-type': 'application/json',
      'user-agent': `kubejobs/${version}`,
      'kubejobs-delivery': deliveryId,
      [signatureHeader]: signatureOf(secret, clock.now(), body),
    };
    const signal = AbortSignal.any([limit.signal, this.#stopping.signal]);
    try {
      const answer = await request(url, { method: 'POST', headers, body, dispatcher, signal });
      answer.body.on('error', () => {}); // what it says does not matter
      answer.body.destroy();
      return { status: answer.statusCode };
    } catch (error) {
      return { error: wordsOf(error as Error) };
    } finally {
      cancelLimit();
    }
  }

  #agentFor(trust: Trust): Agent {
    const key = JSON.stringify(trust);
    const agent = this.#agents.get(key) ?? this.#newAgent(trust);
    this.#agents.set(key, agent);
    return agent;
  }

  #newAgent(trust: Trust): Agent {
    return new Agent({
      connect: { lookup: checkedLookup(trust, this.#deps.lookup ?? systemLookup), timeout: connectLimitMs },
      headersTimeout: tryLimitMs,
      bodyTimeout: tryLimitMs,
      maxResponseSize: 65_536,
      pipelining: 1,
    });
  }
}

type Lookup = typeof systemLookup;

/** All addresses of the name have to be allowed: which of them is tried first is not ours to say. */
function checkedLookup(trust: Trust, lookup: Lookup): Lookup {
  const checked = (name: string, options: object, done: (error: Error | null, ...found: unknown[]) => void): void => {
    lookup(name, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error);
      for (const { address } of addresses) {
        const problem = whyNot(address, trust);
        if (problem !== undefined) return done(new Error(`${name} resolves to ${address}, which ${problem}`));
      }
      const [first] = addresses;
      if (!first) return done(new Error(`${name} has no address`));
      if ('all' in options && options.all) return done(null, addresses);
      done(null, first.address, first.family);
    });
  };
  return checked as unknown as Lookup;
}

/** The reason, without what a library puts around it. */
function wordsOf(error: Error): string {
  const reasons = 'errors' in error && Array.isArray(error.errors) ? (error.errors as Error[]) : [error];
  return reasons
    .map(({ message }) => message)
    .join('; ')
    .slice(0, 500);
}
