// A process of its own full of clients that are slow on purpose: they say nothing, drip headers or a body, or ask for
// much and do not read it. It holds a number of connections against 127.0.0.1, replaces those that the server ends, says
// every second how it stands, and stops by itself: when its standard input ends, and after `longestMs` at the latest.
import { connect, type Socket } from 'node:net';
import type { SlowClientsStanding, SlowClientsWish } from './slow-clients.ts';

const wish = JSON.parse(process.argv[2] as string) as SlowClientsWish;
const standing: SlowClientsStanding = { opened: 0, held: 0, ended: 0, failed: 0, statuses: {} };
const dripping = new Set<Socket>();
const begins = {
  silent: '',
  headers: 'GET /jobs HTTP/1.1\r\nHost: slow\r\nX-Slow: ',
  body: 'POST /jobs HTTP/1.1\r\nHost: slow\r\nContent-Type: application/json\r\nContent-Length: 2000\r\n\r\n{"name":"',
  reader: 'GET /docs/static/swagger-ui-bundle.js HTTP/1.1\r\nHost: slow\r\n\r\n',
} as const;
type Manner = keyof typeof begins;
// Of a hundred connections.
const manners: Manner[] = [
  ...Array<Manner>(10).fill('silent'),
  ...Array<Manner>(60).fill('headers'),
  ...Array<Manner>(28).fill('body'),
  ...Array<Manner>(2).fill('reader'),
];

function open(): void {
  const manner = manners[standing.opened % manners.length] as Manner;
  standing.opened += 1;
  let connected = false;
  const socket = connect({ port: wish.port, host: '127.0.0.1' }, () => {
    connected = true;
    standing.held += 1;
    socket.write(begins[manner]);
    if (manner === 'headers' || manner === 'body') dripping.add(socket);
    if (manner === 'reader') socket.pause();
  });
  socket.once('data', (bytes) => note(/^HTTP\/1\.1 (\d{3})/.exec(bytes.toString('latin1'))?.[1]));
  socket.on('error', () => {});
  socket.once('close', () => {
    dripping.delete(socket);
    if (!connected) standing.failed += 1;
    else standing.ended += 1;
    if (connected) standing.held -= 1;
  });
}

function note(status: string | undefined): void {
  if (status !== undefined) standing.statuses[status] = (standing.statuses[status] ?? 0) + 1;
}

/** Opens what is missing, at most `openPerSecond`, in small steps: a burst would measure the accept queue instead. */
const stepMs = 20;
let underWay = 0;
setInterval(() => {
  underWay = standing.opened - standing.ended - standing.failed;
  const missing = Math.min(wish.count - underWay, (wish.openPerSecond * stepMs) / 1_000);
  for (let i = 0; i < missing && standing.opened < wish.openAtMost; i += 1) open();
}, stepMs);

/** A byte now and then for each, a part of them at a time, so that it is never idle and never done. */
let turn = 0;
setInterval(() => {
  turn += 1;
  let index = 0;
  for (const socket of dripping) if ((index++ + turn) % 100 === 0) socket.write('x');
}, wish.dripMs / 100);

setInterval(() => process.stdout.write(`${JSON.stringify(standing)}\n`), 200);
process.stdin.on('end', () => process.exit(0)).resume();
setTimeout(() => process.exit(0), wish.longestMs);
