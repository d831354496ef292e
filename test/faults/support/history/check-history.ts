// The black-box checker: every rule over one history. It shares no code with the program and trusts none of its words:
// what it says of jobs is held against what other answers say and against the API server's objects.
import { factsOf } from './facts.ts';
import type { Finding } from './finding.ts';
import type { History } from './history.ts';
import { findDoubled } from './rules/doubled.ts';
import { findExtra } from './rules/extra.ts';
import { findForgotten } from './rules/forgotten.ts';
import { findLeakedSlots } from './rules/leaked-slot.ts';
import { findLost } from './rules/lost.ts';
import { findMisordered } from './rules/misordered.ts';
import { findOverCap } from './rules/over-cap.ts';
import { findOverlapping } from './rules/overlapping.ts';
import { findUntrue } from './rules/untrue.ts';

const rules = [
  findLost,
  findForgotten,
  findDoubled,
  findOverlapping,
  findOverCap,
  findMisordered,
  findLeakedSlots,
  findExtra,
  findUntrue,
];

/** Empty when nothing is wrong. */
export function checkHistory(history: History): Finding[] {
  const facts = factsOf(history);
  return rules.flatMap((rule) => rule(facts));
}
