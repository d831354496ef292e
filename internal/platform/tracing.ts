// Traces as the parts see them: a span is told once, when it is over, with its ids and its times; who sends it where is the
// program's business. Nothing is kept in memory for a span that is under way, so a trace goes on where it was when the
// program is started again. Ids are made from what they are about, or from the chance that is handed in.
// https://www.w3.org/TR/trace-context/
import { createHash } from 'node:crypto';
import type { Random } from './random.ts';

/** 32 and 16 hexadecimal digits, in lower case. */
export interface SpanIds {
  traceId: string;
  spanId: string;
}

/** What a `traceparent` says. */
export interface TraceParent extends SpanIds {
  /** Whoever began the trace wants it recorded. */
  sampled: boolean;
}

export interface FinishedSpan extends SpanIds {
  parentSpanId?: string;
  name: string;
  /** `server`: a request that was answered. `internal`: everything else. */
  kind: 'server' | 'internal';
  /** Milliseconds since the epoch. */
  startMs: number;
  endMs: number;
  /** Never a secret, and nothing that a user wrote but names. */
  attributes: Readonly<Record<string, string | number>>;
  /** What went wrong, in a word. */
  failed?: string;
}

export interface Tracing {
  record(span: FinishedSpan): void;
}

/** On jobs and their workloads: the trace that they belong to, as the HTTP header of that name has it. */
export const traceParentAnnotation = 'kubejobs.io/traceparent';

const header = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Undefined for a text that is none, or whose ids are all zeros. A newer version than 00 is read as far as it is alike. */
export function parseTraceParent(text: unknown): TraceParent | undefined {
  if (typeof text !== 'string') return undefined;
  const known = /^[0-9a-f]{2}-/.test(text) && !/^(00|ff)/.test(text) ? `00${text.slice(2, 55)}` : text;
  const [, traceId = '', spanId = '', flags = ''] = header.exec(known) ?? [];
  if (flags === '' || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function traceParentText({ traceId, spanId, sampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** The same parts give the same id. */
export function spanIdOf(...parts: ReadonlyArray<string | number>): string {
  const id = createHash('sha256').update(parts.join('/')).digest('hex').slice(0, 16);
  return id === '0'.repeat(16) ? '0000000000000001' : id;
}

/** A new span: of the caller's trace, or of one of its own. */
export function newSpanIds(random: Pick<Random, 'uuid'>, atMs: number, parent: TraceParent | undefined): SpanIds {
  const digits = (): string => random.uuid(atMs).replaceAll('-', '');
  return { traceId: parent?.traceId ?? digits(), spanId: digits().slice(16) };
}
