// Bugs planted in memory, in the program or between it and its store or cluster: one for each way in which a program like
// this goes wrong. A harness that does not notice them proves nothing.
import { callBugs } from './planted-bugs/calls.ts';
import { givingWayBugs } from './planted-bugs/giving-way.ts';
import { restartBugs } from './planted-bugs/restarts.ts';
import { resultBugs } from './planted-bugs/results.ts';
import { ruleBugs } from './planted-bugs/rules.ts';
import { slotBugs } from './planted-bugs/slots.ts';
import type { PlantedBug } from './planted-bugs/tampering.ts';
import { writingBugs } from './planted-bugs/writes.ts';

export type { PlantedBug };

export const plantedBugs: readonly PlantedBug[] = [
  ...writingBugs,
  ...restartBugs,
  ...callBugs,
  ...slotBugs,
  ...ruleBugs,
  ...resultBugs,
  ...givingWayBugs,
];
