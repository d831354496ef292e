// Sends hostile requests, so many at a time, and says what was wrong with each answer: 5xx, an error that is no problem
// document, an answer too many or too few, nothing at all where something has to come.
import { connect } from 'node:net';
import { answersIn, type RawAnswer } from './answers.ts';
import { bodyMakers } from './hostile-bodies.ts';
import { type HostileRequest, hostileRequest } from './hostile-request.ts';

export interface HostileFigures {
  violations: string[];
  /** By kind of request, and by what came of them. */
  counts: Record<string, number>;
}

/** How long a server that says nothing is waited for: it may rightly wait for the rest of the request. */
const patienceMs = 1_000;
/** Where an answer has to come. */
const longPatienceMs = 30_000;
const atOnce = 32;

/** The requests of the seeds `first` to `first + count - 1`. */
export async function sendHostile(port: number, first: number, count: number): Promise<HostileFigures> {
  const figures: HostileFigures = { violations: [], counts: {} };
  let next = first;
  const sender = async (): Promise<void> => {
    while (next < first + count) {
      const seed = next;
      next += 1;
      note(figures, seed, await exchange(port, hostileRequest(seed)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
  return figures;
}

interface Outcome {
  request: HostileRequest;
  answers: RawAnswer[];
  closed: boolean;
}

function note({ violations, counts }: HostileFigures, seed: number, outcome: Outcome): void {
  const add = (name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  const { request, answers, closed } = outcome;
  add(request.kind in bodyMakers ? 'hostile_bodies' : 'hostile_bytes');
  for (const { status } of answers) add(`answers_${Math.floor(status / 100)}xx`);
  if (answers.length === 0) add(closed ? 'closed_unanswered' : 'waited_for_more');
  for (const wrong of complaints(outcome)) {
    violations.push(`seed ${seed} (${request.kind}): ${wrong}; sent ${beginningOf(request)}`);
  }
}

function beginningOf({ chunks }: HostileRequest): string {
  return JSON.stringify(Buffer.concat(chunks).subarray(0, 300).toString('latin1'));
}

function complaints({ request, answers }: Outcome): string[] {
  const found = answers.filter(({ status }) => status >= 500).map(({ status, body }) => `answered ${status} ${body}`);
  const notProblems = answers.filter((answer) => answer.status >= 400 && !isProblem(answer));
  found.push(...notProblems.map(({ status }) => `the ${status} is not a problem document`));
  const statuses = answers.map(({ status }) => status);
  if (request.answers !== undefined && statuses.join() !== request.answers.join()) {
    found.push(`answered ${statuses.join() || 'nothing'} instead of ${request.answers.join()}`);
  }
  return found;
}

function isProblem({ contentType, body, status }: RawAnswer): boolean {
  if (!contentType.startsWith('application/problem+json')) return false;
  return body === '' || (JSON.parse(body) as { status?: number }).status === status;
}

function exchange(port: number, request: HostileRequest): Promise<Outcome> {
  return new Promise((resolve) => {
    const { chunks, ending } = request;
    const bodiless = /^HEAD /.test(chunks[0]?.toString('latin1') ?? '');
    const received: Buffer[] = [];
    const enough = request.answers?.length ?? 1;
    const patience = request.answers === undefined ? patienceMs : longPatienceMs;
    const socket = connect({ port, host: '127.0.0.1' });
    let closed = false;
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ request, closed, answers: answersIn(Buffer.concat(received), bodiless) });
    };
    // Only after another look at the sockets: a process that was busy itself must not take that for silence.
    const timer = setTimeout(() => setImmediate(() => setImmediate(finish)), patience);
    socket.on('error', () => {});
    socket.once('close', () => {
      closed = true;
      finish();
    });
    socket.on('data', (bytes: Buffer) => {
      received.push(bytes);
      timer.refresh();
      if (answersIn(Buffer.concat(received), bodiless).length >= enough) finish();
    });
    socket.once('connect', () => {
      for (const chunk of chunks) socket.write(chunk);
      if (ending === 'end') socket.end();
      if (ending === 'reset') socket.resetAndDestroy();
    });
  });
}
