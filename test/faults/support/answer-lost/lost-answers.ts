// The script of row 6: the first create of every job is carried out and its answer lost, in a way that the trial's seed
// picks; in a third of the trials what kubejobs asks next about that job goes wrong too. Each job is a trial and says
// its seed in its name.
import { seededRandom } from '../../../../internal/platform/random.ts';
import type { Fault, ProxiedRequest } from '../proxy/faults.ts';

/** How an answer to a create that was carried out gets lost. One of them keeps the connection for as long as it can. */
const losses: readonly Fault[] = [
  { kind: 'cut_after' },
  { kind: 'truncated' },
  { kind: 'corrupt' },
  { kind: 'answer', status: 500, executed: true },
  { kind: 'answer', status: 503, executed: true },
  { kind: 'answer', status: 504, executed: true },
];

/** Of the calls after it: the question whether it was made, or the next create. */
const troubles: readonly Fault[] = [
  { kind: 'cut_before' },
  { kind: 'cut_after' },
  { kind: 'corrupt' },
  { kind: 'answer', status: 500 },
  { kind: 'answer', status: 429, retryAfterSeconds: 1 },
];

export function trialName(seed: number): string {
  return `trial-${seed}`;
}

/** What happens to the first, second, … call of a trial's job; the calls after those pass. */
export function faultsOf(seed: number): Fault[] {
  const random = seededRandom(seed);
  const first = firstFault(random.next(), random.next());
  const faults = [first];
  while (random.next() < 1 / 3) faults.push(pick(troubles, random.next()));
  return faults;
}

function firstFault(kind: number, detail: number): Fault {
  if (kind < 0.03) return { kind: 'hang_after' };
  // The connection is gone before the API server has even seen the request, which it carries out when nobody waits.
  if (kind < 0.25) return { kind: 'late', ms: Math.round(50 + detail * 6_000) };
  return pick(losses, detail);
}

function pick<T>(from: readonly T[], chance: number): T {
  return from[Math.floor(chance * from.length)] as T;
}

export class LostAnswers {
  /** Faults that were carried out, by trial. */
  readonly done = new Map<number, Fault[]>();
  readonly #seedOfWorkload = new Map<string, number>();

  readonly script = (request: ProxiedRequest): Fault | undefined => {
    const seed = this.#seedOf(request);
    if (seed === undefined) return undefined;
    const done = this.done.get(seed) ?? [];
    const fault = faultsOf(seed)[done.length];
    if (fault) this.done.set(seed, [...done, fault]);
    return fault;
  };

  #seedOf({ verb, path, query, body }: ProxiedRequest): number | undefined {
    if (verb === 'get') return this.#seedOfWorkload.get(path.split('/').at(-1) ?? '');
    if (verb !== 'create' || query.has('dryRun') || !path.endsWith('/jobs')) return undefined;
    const name = (body as { metadata: { name: string } }).metadata.name;
    const seed = Number(/^trial-(\d+)-/.exec(name)?.[1]);
    if (Number.isNaN(seed)) return undefined;
    this.#seedOfWorkload.set(name, seed);
    return seed;
  }
}
