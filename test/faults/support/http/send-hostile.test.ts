// The harness of row 14 notices what it is there for: servers that do wrong on purpose, and requests that are what they say.
import { createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { answersIn } from './answers.ts';
import { hostileKinds, hostileRequest } from './hostile-request.ts';
import { sendHostile } from './send-hostile.ts';

/** Answers whatever it is sent, once a connection. */
async function aServerThatSays(answer: string | undefined): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => (answer === undefined ? socket.destroy() : socket.write(answer)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as { port: number }).port;
}

function answer(status: number, body: string, type = 'application/problem+json'): string {
  return `HTTP/1.1 ${status} X\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

const seeds = Array.from({ length: 600 }, (_, index) => index + 1);
const seedOf = (kind: string): number => seeds.find((seed) => hostileRequest(seed).kind === kind) as number;

test('a seed is the same request each time, and some hundred seeds have every kind', () => {
  const bytes = (seed: number): string => Buffer.concat(hostileRequest(seed).chunks).toString('base64');
  for (const seed of seeds.slice(0, 60)) expect(bytes(seed)).toBe(bytes(seed));
  expect(new Set(seeds.map((seed) => hostileRequest(seed).kind))).toEqual(new Set(hostileKinds));
});

test('a 500 is a violation, with the seed and what was sent', async () => {
  const seed = seedOf('smuggling');
  const port = await aServerThatSays(answer(500, '{"status":500}'));
  const { violations, counts } = await sendHostile(port, seed, 1);
  expect(violations).toEqual([expect.stringMatching(`^seed ${seed} \\(smuggling\\): answered 500 `)]);
  expect(counts).toMatchObject({ hostile_bytes: 1, answers_5xx: 1 });
});

test.each([
  ['of another type', answer(400, '{"status":400}', 'text/html')],
  ['of another status', answer(400, '{"status":404}')],
])('an error %s is no problem document', async (_what, said) => {
  const { violations } = await sendHostile(await aServerThatSays(said), seedOf('wrong_types'), 1);
  expect(violations).toEqual([expect.stringContaining('the 400 is not a problem document')]);
});

test('an answer too few is a violation where the number is known', async () => {
  const port = await aServerThatSays(undefined);
  const { violations } = await sendHostile(port, seedOf('pipelining'), 1);
  expect(violations).toEqual([expect.stringContaining('answered nothing instead of 200,200')]);
});

test('a good refusal and a closed connection are what one wants', async () => {
  expect(
    (await sendHostile(await aServerThatSays(answer(400, '{"status":400}')), seedOf('paths'), 1)).violations,
  ).toEqual([]);
  const closed = await sendHostile(await aServerThatSays(undefined), seedOf('request_lines'), 1);
  expect(closed).toMatchObject({ violations: [], counts: { closed_unanswered: 1 } });
});

test('answers are told apart by their lengths, whatever is in them', () => {
  const bytes = Buffer.from(
    `${answer(404, 'HTTP/1.1 500 X\r\n\r\n')}${answer(200, '')}HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\n12`,
  );
  expect(answersIn(bytes, false).map(({ status }) => status)).toEqual([404, 200]);
});
