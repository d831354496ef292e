// The traces of requests: what changes something, and what comes with a `traceparent`, is a span of the caller's trace or of
// one of its own, and a job that is submitted goes on in that trace. Without tracing nothing of this is there.
// https://www.w3.org/TR/trace-context/
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../internal/platform/clock.ts';
import type { Random } from '../../internal/platform/random.ts';
import {
  newSpanIds,
  parseTraceParent,
  type SpanIds,
  type Tracing,
  traceParentAnnotation,
  traceParentText,
} from '../../internal/platform/tracing.ts';
import type { JobSubmission } from '../models/index.ts';

export interface RequestTraces {
  tracing: Tracing;
  clock: Pick<Clock, 'now'>;
  random: Pick<Random, 'uuid'>;
}

interface Trace extends SpanIds {
  parentSpanId?: string;
  sampled: boolean;
  startMs: number;
}

const traces = new WeakMap<FastifyRequest, Trace>();
const withoutChange = ['GET', 'HEAD', 'OPTIONS'];

export function traceRequests(app: FastifyInstance, deps: RequestTraces | undefined): void {
  if (deps === undefined) return;
  app.addHook('onRequest', (request, _reply, done) => {
    begin(request, deps);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    end(request, reply, deps);
    done();
  });
}

function begin(request: FastifyRequest, { clock, random }: RequestTraces): void {
  const parent = parseTraceParent(request.headers.traceparent);
  if (request.is404 || (parent === undefined && withoutChange.includes(request.method))) return;
  const startMs = clock.now();
  traces.set(request, {
    ...{ ...newSpanIds(random, startMs, parent), startMs, sampled: parent?.sampled ?? true },
    ...(parent && { parentSpanId: parent.spanId }),
  });
}

/** A call that was turned away at the door is no span: strangers shall not fill anybody's disk. */
function end(request: FastifyRequest, reply: FastifyReply, { tracing, clock }: RequestTraces): void {
  const trace = traces.get(request);
  const { statusCode } = reply;
  if (trace === undefined || !trace.sampled || statusCode === 401) return;
  const { sampled: _sampled, startMs, ...ids } = trace;
  const route = request.routeOptions.url ?? '';
  const jobId = jobIdOf(request, reply);
  tracing.record({
    ...{ ...ids, name: `${request.method} ${route}`, kind: 'server', startMs, endMs: clock.now() },
    attributes: {
      ...{ 'http.request.method': request.method, 'http.route': route, 'http.response.status_code': statusCode },
      ...(jobId !== undefined && { 'kubejobs.job_id': jobId }),
    },
    ...(statusCode >= 500 && { failed: String(statusCode) }),
  });
}

function jobIdOf({ params }: FastifyRequest, reply: FastifyReply): string | undefined {
  const { job_id: ofPath } = (params ?? {}) as { job_id?: unknown };
  if (typeof ofPath === 'string') return ofPath.toLowerCase();
  return /^\/jobs\/([0-9a-f-]{36})$/.exec(String(reply.getHeader('location') ?? ''))?.[1];
}

/** The job goes on in the trace of the request that submits it. */
export function inTraceOf(request: FastifyRequest, submission: JobSubmission): JobSubmission {
  const trace = traces.get(request);
  if (trace === undefined) return submission;
  const annotations = { ...submission.annotations, [traceParentAnnotation]: traceParentText(trace) };
  return { ...submission, annotations };
}
