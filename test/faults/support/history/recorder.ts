// A client that writes down what it did: every call with its times and its answer, the lack of one included. Many clients
// may share one recorder. It knows no server: each call is told where to go, for a server that is started again has
// another port.
import type { JobDocument, QueueEntryDocument, SubmissionDocument } from '../../../../pkg/client/documents.ts';
import type { Call, CallOf, History } from './history.ts';

/** Longer than any answer takes that is not lost. */
const answerWithinMs = 20_000;

interface Request {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: object;
}

export interface Answer {
  status: number;
  headers: Headers;
  document: unknown;
}

export class Recorder {
  readonly #history: History;

  constructor(history: History) {
    this.#history = history;
  }

  /** `body.name` must be new: the checker knows a submission whose answer was lost by its name. */
  async submit(url: string, body: SubmissionDocument): Promise<CallOf<'submit'> & { answer: Answer | undefined }> {
    const { name, priority = 0 } = body;
    const call: CallOf<'submit'> = this.#begin({ kind: 'submit', sentAt: Date.now(), name, priority });
    const answer = await this.#send(call, url, { method: 'POST', path: '/jobs', body });
    if (answer?.status === 201) call.jobId = (answer.document as { job_id: string }).job_id;
    return { ...call, answer };
  }

  async cancel(url: string, jobId: string): Promise<CallOf<'cancel'>> {
    const call: CallOf<'cancel'> = this.#begin({ kind: 'cancel', sentAt: Date.now(), jobId });
    return this.#withJob(call, await this.#send(call, url, { method: 'DELETE', path: `/jobs/${jobId}` }));
  }

  async reprioritise(url: string, jobId: string, priority: number): Promise<CallOf<'reprioritise'>> {
    const call: CallOf<'reprioritise'> = this.#begin({ kind: 'reprioritise', sentAt: Date.now(), jobId, priority });
    const request: Request = { method: 'PATCH', path: `/jobs/${jobId}`, body: { priority } };
    return this.#withJob(call, await this.#send(call, url, request));
  }

  async show(url: string, jobId: string): Promise<CallOf<'show'>> {
    const call: CallOf<'show'> = this.#begin({ kind: 'show', sentAt: Date.now(), jobId });
    return this.#withJob(call, await this.#send(call, url, { method: 'GET', path: `/jobs/${jobId}` }));
  }

  /** All jobs; throws when there are more than one page has. */
  async list(url: string): Promise<CallOf<'list'>> {
    const call: CallOf<'list'> = this.#begin({ kind: 'list', sentAt: Date.now() });
    const answer = await this.#send(call, url, { method: 'GET', path: '/jobs?limit=1000' });
    if (answer?.headers.has('link'))
      throw new Error('more jobs than one page has; start with a fresh database earlier');
    if (answer?.status === 200) call.jobs = answer.document as JobDocument[];
    return call;
  }

  async queue(url: string, kind: 'pending' | 'running'): Promise<CallOf<'pending'> | CallOf<'running'>> {
    const call: CallOf<'pending'> | CallOf<'running'> = this.#begin({ kind, sentAt: Date.now() });
    const answer = await this.#send(call, url, { method: 'GET', path: `/jobs/${kind}` });
    if (answer?.status === 200) call.jobs = answer.document as QueueEntryDocument[];
    return call;
  }

  async health(url: string): Promise<CallOf<'health'>> {
    const call: CallOf<'health'> = this.#begin({ kind: 'health', sentAt: Date.now() });
    const answer = await this.#send(call, url, { method: 'GET', path: '/health' });
    if (answer?.status !== 200) return call;
    const { running, pending, cluster } = answer.document as { running: number; pending: number; cluster: string };
    return Object.assign(call, { running, pending, cluster });
  }

  #begin<T extends Call>(call: T): T {
    this.#history.calls.push(call);
    return call;
  }

  #withJob<T extends CallOf<'cancel' | 'reprioritise' | 'show'>>(call: T, answer: Answer | undefined): T {
    if (answer?.status === 200) call.job = answer.document as JobDocument;
    return call;
  }

  /** Undefined when no complete answer came. */
  async #send(call: Call, url: string, { method, path, body }: Request): Promise<Answer | undefined> {
    try {
      const headers = body ? { 'content-type': 'application/json' } : {};
      const signal = AbortSignal.timeout(answerWithinMs);
      const text = body ? { body: JSON.stringify(body) } : {};
      const response = await fetch(`${url}${path}`, { method, headers, signal, ...text });
      const document: unknown = await response.json();
      Object.assign(call, { answeredAt: Date.now(), status: response.status });
      return { status: response.status, headers: response.headers, document };
    } catch {
      return undefined;
    }
  }
}
