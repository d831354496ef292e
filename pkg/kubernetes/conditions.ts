// Reading what an object's status says of itself. The shapes are read from JSON that others wrote, so nothing is taken
// for granted, and no words are kept beyond what a row has room for.
import { fields } from './pod-template.ts';

export interface Condition {
  reason?: string;
  message?: string;
}

type Fields = Record<string, unknown>;

const longestMessage = 1_024;

/** The condition of this type when it has this status. */
export function conditionOf(status: unknown, type: string, wanted: 'True' | 'False'): Condition | undefined {
  const found = list(fields(status).conditions).find((entry) => entry.type === type && entry.status === wanted);
  return found ? condition(found) : undefined;
}

export function condition({ reason, message }: Fields): Condition {
  const why = text(reason);
  const words = text(message)?.slice(0, longestMessage);
  return { ...(why ? { reason: why } : {}), ...(words ? { message: words } : {}) };
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}
