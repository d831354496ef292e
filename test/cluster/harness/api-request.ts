/**
 * One plain HTTPS request to the cluster's API server, for the harness and for tests that want no client library.
 */
import { readFileSync } from 'node:fs';
import { type Agent, request } from 'node:https';

export interface ApiAccess {
  /** `https://127.0.0.1:<port>`. */
  server: string;
  token: string;
  caPath: string;
  /** For many requests over the same connections; else each has its own. */
  agent?: Agent;
}

export interface ApiAnswer {
  status: number;
  text: string;
}

/** Answers whatever the server says, errors included; throws only when there is no answer within 10 s. A PATCH merges. */
export function apiRequest(access: ApiAccess, method: string, path: string, body?: unknown): Promise<ApiAnswer> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const content = body === undefined ? undefined : JSON.stringify(body);
  const length = content === undefined ? {} : { 'content-length': Buffer.byteLength(content) };
  const headers = { authorization: `Bearer ${access.token}`, 'content-type': type, ...length };
  const options = { method, headers, ca: readFileSync(access.caPath), timeout: 10_000, agent: access.agent ?? false };
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, access.server), options, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path}: no answer in 10 s`)));
    outgoing.on('error', reject);
    outgoing.end(content);
  });
}

/** Like `apiRequest`, parsed; throws on any status but 2xx. */
export async function apiObject<T>(access: ApiAccess, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await apiRequest(access, method, path, body);
  if (answer.status < 200 || answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text) as T;
}
