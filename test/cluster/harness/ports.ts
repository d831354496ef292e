/**
 * Free ports on 127.0.0.1, taken below the range that the system gives to outgoing connections: while the API server
 * is stopped, a client that keeps dialling a port of that range can end up connected to itself and block it for good.
 */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const lowest = 15_000;
const highest = 32_000;

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** `count` different ports on which nobody listens now. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count; tries += 1) {
    if (tries > 1_000) throw new Error('no free port on 127.0.0.1');
    const port = randomInt(lowest, highest);
    if (await canListen(port)) ports.add(port);
  }
  return [...ports];
}
