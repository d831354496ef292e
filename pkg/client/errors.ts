// The two ways in which a call fails: the server said no, or there is no kubejobs server to say anything.
import { type ErrorCode, errorCatalogue, type FieldError } from '../models/index.ts';
import type { ProblemDocument } from './documents.ts';

/** The server's refusal; `message` is its detail. */
export class Problem extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  readonly errors: readonly FieldError[];
  /** How long the server asks to wait, in seconds. */
  readonly retryAfterSeconds: number | undefined;

  constructor(document: ProblemDocument, retryAfterSeconds?: number) {
    super(document.detail);
    this.name = 'Problem';
    this.code = document.code;
    this.status = document.status;
    this.title = document.title;
    this.errors = document.errors ?? [];
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Nobody answered, or somebody who is not a kubejobs server. Whether a change was made is not known. */
export class ServerUnreachable extends Error {
  /** Of the answer, when somebody else gave one. */
  readonly status: number | undefined;

  constructor(baseUrl: string, why: string, { status, ...options }: ErrorOptions & { status?: number } = {}) {
    super(`there is no kubejobs server at ${baseUrl}: ${why}`, options);
    this.name = 'ServerUnreachable';
    this.status = status;
  }
}

export function isProblemDocument(value: unknown): value is ProblemDocument {
  if (typeof value !== 'object' || value === null) return false;
  const { code, status, detail } = value as Partial<ProblemDocument>;
  return typeof code === 'string' && code in errorCatalogue && typeof status === 'number' && typeof detail === 'string';
}
