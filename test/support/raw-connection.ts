// A connection to a port that stays open: bytes are sent when a test says so, and it waits for what it expects to come.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface RawConnection {
  socket: Socket;
  send(bytes: string | Buffer): void;
  /** All that came so far. */
  received(): string;
  /** Resolves when so much of it matches; rejects when the connection ends before. */
  until(expected: RegExp): Promise<void>;
  /** Resolves when the server has closed it. */
  closed: Promise<void>;
}

/** Closed when the test is finished. */
export async function openConnection(port: number): Promise<RawConnection> {
  const socket = connect({ port, host: '127.0.0.1' });
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
  socket.on('error', () => {}); // a reset is a way to be closed
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'connect');
  return {
    socket,
    closed,
    send: (bytes) => void socket.write(bytes),
    received: () => text,
    async until(expected) {
      while (!expected.test(text)) {
        const more = new Promise<boolean>((resolve) => socket.once('data', () => resolve(true)));
        if (!(await Promise.race([more, closed.then(() => false)]))) throw new Error(`closed after: ${text}`);
      }
    },
  };
}

/** The statuses of the answers in what came, in order. */
export function statusesIn(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
}
