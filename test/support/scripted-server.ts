// A small HTTP server that answers as a test tells it and keeps what it was asked, for tests of the client.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type ErrorCode, errorCatalogue } from '../../pkg/models/index.ts';

export interface Asked {
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface Exchange {
  asked: Asked;
  request: IncomingMessage;
  response: ServerResponse;
}

/** By method and path without its query, such as `GET /jobs`; a list is answered one after the other, its last for good. */
export type Script = Record<string, Answering | readonly Answering[]>;
export type Answering = object | ((exchange: Exchange) => void | Promise<void>);

export interface ScriptedServer {
  url: string;
  asked: Asked[];
}

/** Closed when the test is finished. Streamed request bodies are read before the answer unless `streams` has the call. */
export async function aScriptedServer(script: Script, streams: readonly string[] = []): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  const counts = new Map<string, number>();
  const exchange = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url: path = '', headers } = request;
    const call = `${method} ${path.replace(/\?.*/, '')}`;
    const each: Asked = { method, path, headers, body: streams.includes(call) ? '' : await bodyOf(request) };
    asked.push(each);
    const count = counts.get(call) ?? 0;
    counts.set(call, count + 1);
    const answering = answeringOf(script[call], count) ?? problem('not_found');
    if (typeof answering === 'function') await answering({ asked: each, request, response });
    else answer(answering)({ asked: each, request, response });
  };
  const server = createServer((request, response) => void exchange(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function answeringOf(scripted: Script[string] | undefined, count: number): Answering | undefined {
  if (!isSequence(scripted)) return scripted;
  return scripted[Math.min(count, scripted.length - 1)];
}

/** A list of jobs is an answer, not a sequence of answers. */
function isSequence(scripted: Script[string] | undefined): scripted is readonly Answering[] {
  return Array.isArray(scripted) && scripted.some((each) => typeof each === 'function');
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

export function problem(code: ErrorCode, extra: object = {}, headers: Record<string, string> = {}) {
  const { status, title, when } = errorCatalogue[code];
  return ({ response }: Exchange): void => {
    response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
    response.end(JSON.stringify({ type: `/errors/${code}`, title, status, detail: when, code, ...extra }));
  };
}

export function answer(document: object, headers: Record<string, string> = {}) {
  return ({ response }: Exchange): void => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(document));
  };
}

export function text(content: string) {
  return ({ response }: Exchange): void => void response.writeHead(200, { 'content-type': 'text/plain' }).end(content);
}

/** The connection breaks before there is an answer. */
export function hangUp({ request }: Exchange): void {
  request.socket.destroy();
}
