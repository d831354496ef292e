// Many submissions at once: each of many connections sends all of its own without waiting for an answer. Every one has to
// be answered with 201, and the server may not hold them all in memory.
import { connect } from 'node:net';
import type { ServerProcess } from '../../../support/server-process.ts';
import { residentMebibytes } from './server-watch.ts';

export interface Flood {
  violations: string[];
  posts: number;
  /** Beyond what the server had before. */
  residentMebibytes: number;
}

const body = '{"name":"flood","priority":1}';
const post = `POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const longestMs = 240_000;

export async function flood(server: ServerProcess, connections: number, postsEach: number): Promise<Flood> {
  const before = residentMebibytes(server);
  let most = before;
  const looking = setInterval(() => {
    most = Math.max(most, residentMebibytes(server));
  }, 100);
  const port = Number(new URL(server.url).port);
  const accepted = await Promise.all(Array.from({ length: connections }, () => sendAtOnce(port, postsEach)));
  clearInterval(looking);
  const posts = connections * postsEach;
  const missing = posts - accepted.reduce((sum, count) => sum + count, 0);
  const violations = missing === 0 ? [] : [`${missing} of ${posts} submissions at once were not answered with 201`];
  return { violations, posts, residentMebibytes: most - before };
}

/** How many were answered with 201. */
function sendAtOnce(port: number, count: number): Promise<number> {
  return new Promise((resolve) => {
    let accepted = 0;
    let rest = '';
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(post.repeat(count)));
    const timer = setTimeout(() => socket.destroy(), longestMs);
    socket.setEncoding('latin1').on('data', (text: string) => {
      const all = rest + text;
      accepted += all.split('HTTP/1.1 201 ').length - 1;
      rest = all.slice(-'HTTP/1.1 201 '.length + 1);
      if (accepted >= count) socket.destroy();
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(accepted);
    });
  });
}
