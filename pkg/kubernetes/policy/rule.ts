// What a rule of the policy is: the part of a pod that it controls, and a pure function that finds what breaks it.
// A rule allows what it names and nothing else: a value of another type or shape is refused, not passed over.
import { Misshapen, type Place } from './places.ts';
import type { PodPlaces } from './pod-places.ts';
import type { Policy } from './policy.ts';

/** A field that breaks a rule; `must` completes "this field …". */
export interface Finding {
  place: Place;
  must: string;
}

export interface Rule {
  /** What it controls, in the words of its source. */
  control: string;
  source: 'Pod Security baseline' | 'Pod Security restricted' | 'the server’s policy';
  /** The field of the policy file that can allow more. */
  allowance?: string;
  find(pod: PodPlaces, policy: Policy): Finding[];
}

type Test = (value: unknown) => boolean;

/** A finding when the value of the place is not allowed. */
export function unless(place: Place, allowed: Test, must: string): Finding[] {
  if (place.value instanceof Misshapen) return [{ place, must: `must be ${place.value.expected}` }];
  return allowed(place.value) ? [] : [{ place, must }];
}

/** Left out, or one of these. */
export function absentOr(...values: readonly unknown[]): Test {
  return (value) => value === undefined || value === null || values.includes(value);
}

export function oneOf(values: readonly unknown[]): Test {
  return (value) => values.includes(value);
}

export function list(values: readonly string[]): string {
  return values.join(', ');
}
