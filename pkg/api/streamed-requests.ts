// Requests whose body may take as long as it likes, as long as it goes on.
import type { IncomingMessage } from 'node:http';

const streamed = new WeakSet<IncomingMessage>();

export function letStream(request: IncomingMessage): void {
  streamed.add(request);
}

export function isStreamed(request: IncomingMessage): boolean {
  return streamed.has(request);
}
