// Which values of a row make sense. The schema knows types only; a number or a time beyond these limits is damage, or
// somebody's hand, and a row with one is set aside before it can reach the order, a timer or an answer.
import { type Dependency, type JobRules, priorityMaximum, priorityMinimum } from '../../../pkg/models/index.ts';

/** Numbers that count on from here stay exact. */
export const highestNumber = 2 ** 52;
/** Of a JavaScript date. */
export const latestTime = 8.64e15;
/** More attempts than a label on the cluster can tell apart. */
export const mostAttempts = 999_999_999;

export function isNumber(value: number | null, lowest = 0, highest = highestNumber): boolean {
  return value === null || (Number.isSafeInteger(value) && value >= lowest && value <= highest);
}

export function isTime(value: number | null): boolean {
  return value === null || Math.abs(value) <= latestTime;
}

export function isPriority(value: number): boolean {
  return isNumber(value, priorityMinimum, priorityMaximum);
}

export function areTexts(value: object): value is Record<string, string> {
  return !Array.isArray(value) && Object.values(value).every((text) => typeof text === 'string');
}

export function areDependencies(value: unknown): value is Dependency[] {
  if (!Array.isArray(value)) return false;
  return value.every((entry: Partial<Dependency> | null) => isText(entry?.jobId) && isText(entry?.on));
}

/** As the program writes them, as far as it reckons with them. */
export function areRules(value: object): value is JobRules {
  const { startAt, startInMs, after, queueTimeoutMs, timeoutMs, retries, results, onFinish } = value as JobRules;
  if (results !== undefined && typeof results !== 'boolean') return false;
  if (after !== undefined && !areDependencies(after)) return false;
  if (retries !== undefined && !areRetries(retries)) return false;
  if (onFinish !== undefined && !isText(onFinish?.url)) return false;
  return !Array.isArray(value) && [startAt, startInMs, queueTimeoutMs, timeoutMs].every(isAmountOrAbsent);
}

function areRetries(value: NonNullable<JobRules['retries']> | null): boolean {
  if (value === null || typeof value !== 'object') return false;
  const { max, backoffMs, backoffFactor, maxBackoffMs, on } = value;
  return [max, backoffMs, backoffFactor, maxBackoffMs].every(isAmount) && Array.isArray(on);
}

function isAmountOrAbsent(value: unknown): boolean {
  return value === undefined || isAmount(value);
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= latestTime;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
