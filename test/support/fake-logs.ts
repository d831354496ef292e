// A LogService for tests of the HTTP side: it answers with what a test gives it, and remembers what it was asked.
import { PassThrough, Readable } from 'node:stream';
import type { LogRequest, LogService } from '../../pkg/api/log-service.ts';
import { accepted, type Refusal } from '../../pkg/models/index.ts';

export class FakeLogs implements LogService {
  text = 'a line\n';
  refusal: Refusal | undefined;
  /** When set, the stream stays open until the request's signal. */
  holds = false;
  asked: { jobId: string; request: LogRequest } | undefined;

  async open(jobId: string, request: LogRequest) {
    this.asked = { jobId, request };
    if (this.refusal) return { ok: false as const, refusal: this.refusal };
    if (!this.holds) return accepted(Readable.from([Buffer.from(this.text)]));
    const stream = new PassThrough();
    stream.write(this.text);
    request.signal.addEventListener('abort', () => stream.end(), { once: true });
    return accepted(stream);
  }
}
