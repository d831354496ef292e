// What an answer of the API server that is not a success says, in words for who asked.
import type { ApiResult } from './cluster.ts';

type Refusal = { outcome: string; status?: number; reason?: string };

export function isRefusedWith(answer: Refusal, status: number): boolean {
  return answer.outcome === 'refused' && answer.status === status;
}

/** It is not there. */
export function isNotFound(answer: Refusal): boolean {
  return isRefusedWith(answer, 404);
}

/** The name is taken. Any other 409 is a write on a version that is no longer the newest, or a race of the server with itself. */
export function isAlreadyThere(answer: Refusal): boolean {
  return isRefusedWith(answer, 409) && answer.reason === 'AlreadyExists';
}

export function ok<T>(value: T): ApiResult<T> {
  return { outcome: 'ok', value };
}
