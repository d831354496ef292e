// Clients that behave: they submit and read at a steady pace, half of them over one connection and half over a new one
// each time, and every answer's time is kept. What is not answered as it should be is told in a sentence.
import { Agent, request } from 'node:http';

export interface GoodClients {
  /** The times of the answers since the last call, in milliseconds. */
  taken(): number[];
  /** How many answers there were in all. */
  answers(): number;
  /** What was not answered with 2xx, each once by kind. */
  complaints: string[];
  stop(): Promise<void>;
}

export function startGoodClients(url: string, { clients, pauseMs }: { clients: number; pauseMs: number }): GoodClients {
  let times: number[] = [];
  let answers = 0;
  let stopped = false;
  const complaints: string[] = [];
  const agents: Agent[] = [];
  const client = async (index: number): Promise<void> => {
    const agent = new Agent({ keepAlive: index % 2 === 0, maxSockets: 1 });
    agents.push(agent);
    for (let turn = index; !stopped; turn += 1) {
      const started = performance.now();
      const complaint = await callOnce(url, agent, turn);
      times.push(performance.now() - started);
      answers += 1;
      if (complaint !== undefined && !stopped) complaints.push(complaint);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const running = Array.from({ length: clients }, (_, index) => client(index));
  return {
    complaints,
    answers: () => answers,
    taken() {
      const taken = times;
      times = [];
      return taken;
    },
    async stop() {
      stopped = true;
      await Promise.all(running);
      for (const agent of agents) agent.destroy();
    },
  };
}

interface Call {
  method: string;
  path: string;
  status: number;
  body?: string;
}
const calls: readonly Call[] = [
  { method: 'POST', path: '/jobs', status: 201, body: '{"name":"good","priority":3}' },
  { method: 'GET', path: '/jobs/pending?limit=10', status: 200 },
  { method: 'GET', path: '/health', status: 200 },
];
const patienceMs = 10_000;

/** A complaint, or undefined when all is well. A reused connection that was just closed may be tried once more. */
function callOnce(url: string, agent: Agent, turn: number, again = true): Promise<string | undefined> {
  const { method, path, status, body } = calls[turn % calls.length] as Call;
  return new Promise((resolve) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length };
    const call = request(`${url}${path}`, { agent, method, headers, timeout: patienceMs }, (answer) => {
      answer.resume().once('end', () => {
        resolve(answer.statusCode === status ? undefined : `${method} ${path} was answered ${answer.statusCode}`);
      });
    });
    call.once('timeout', () => call.destroy(new Error(`no answer within ${patienceMs / 1_000} s`)));
    call.once('error', (error: NodeJS.ErrnoException) => {
      if (again && call.reusedSocket && error.code === 'ECONNRESET') resolve(callOnce(url, agent, turn, false));
      else resolve(`${method} ${path}: ${error.message}`);
    });
    call.end(body);
  });
}

/** The value that `share` (0.99) of the numbers do not exceed; NaN of none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}
