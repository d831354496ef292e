// A collector of traces on a loopback port, in the place of a real one: it remembers the spans that come by OTLP over HTTP as
// JSON, with their attributes as plain values.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startMs: number;
  endMs: number;
  attributes: Record<string, string | number>;
  status: { code?: number; message?: string };
}

interface WireAttribute {
  key: string;
  value: { stringValue?: string; intValue?: number | string; doubleValue?: number };
}
interface WireSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: WireAttribute[];
  status: { code?: number; message?: string };
}
interface WireRequest {
  resourceSpans: Array<{ resource: { attributes: WireAttribute[] }; scopeSpans: Array<{ spans: WireSpan[] }> }>;
}

export interface OtlpReceiver {
  url: string;
  spans: ReceivedSpan[];
  /** Whole requests, headers included. */
  requests: Array<{ path: string; headers: Record<string, unknown>; body: string }>;
  resource: Record<string, string | number>;
  /** What it answers; 200 unless a test says otherwise. */
  status: number;
}

export async function anOtlpReceiver(): Promise<OtlpReceiver> {
  const receiver: OtlpReceiver = { url: '', spans: [], requests: [], resource: {}, status: 200 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      receiver.requests.push({ path: request.url ?? '', headers: request.headers, body });
      if (receiver.status === 200) take(receiver, JSON.parse(body) as WireRequest);
      response.writeHead(receiver.status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return receiver;
}

function take(receiver: OtlpReceiver, { resourceSpans }: WireRequest): void {
  for (const { resource, scopeSpans } of resourceSpans) {
    receiver.resource = plain(resource.attributes);
    for (const { spans } of scopeSpans) receiver.spans.push(...spans.map(spanOf));
  }
}

function spanOf({ startTimeUnixNano, endTimeUnixNano, attributes, ...span }: WireSpan): ReceivedSpan {
  const ms = (nanoseconds: string): number => Number(BigInt(nanoseconds) / 1_000n) / 1_000;
  return { ...span, startMs: ms(startTimeUnixNano), endMs: ms(endTimeUnixNano), attributes: plain(attributes) };
}

function plain(attributes: readonly WireAttribute[]): Record<string, string | number> {
  const entries = attributes.map(({ key, value }) => {
    const { stringValue, intValue, doubleValue } = value;
    return [key, stringValue ?? (intValue === undefined ? (doubleValue ?? 0) : Number(intValue))] as const;
  });
  return Object.fromEntries(entries);
}
