// Connections that a stop must not wait for: silent ones, idle ones between two requests, ones that send half of their
// headers or half of a body and then nothing, and ones that ask for much and do not read it.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const host = 'host: 127.0.0.1';

/** What each kind sends after it has connected. */
const openings = {
  silent: '',
  idle: `GET /health HTTP/1.1\r\n${host}\r\n\r\n`,
  half_headers: `POST /jobs HTTP/1.1\r\n${host}\r\ncontent-ty`,
  half_body: `POST /jobs HTTP/1.1\r\n${host}\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"name":`,
  unread: `GET /openapi.json HTTP/1.1\r\n${host}\r\n\r\n`.repeat(40),
} as const;

export interface Dawdlers {
  count: number;
  /** How many the server has closed. */
  closed(): number;
  end(): void;
}

export async function startDawdlers(url: string, ofEachKind: number): Promise<Dawdlers> {
  const { hostname, port } = new URL(url);
  const texts = Object.entries(openings).flatMap((opening) => Array.from({ length: ofEachKind }, () => opening));
  const sockets = await Promise.all(texts.map(([kind, text]) => dawdle(connect(Number(port), hostname), kind, text)));
  return {
    count: sockets.length,
    closed: () => sockets.filter((socket) => socket.closed).length,
    end: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function dawdle(socket: Socket, kind: string, text: string): Promise<Socket> {
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text);
  if (kind !== 'unread') socket.resume();
  return socket;
}
