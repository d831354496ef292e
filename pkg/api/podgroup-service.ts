// What the HTTP server needs of whoever follows groups of pods, ours and everyone else's.
import type { PodGroupReason, PodGroupSizeSource } from '../models/index.ts';
import type { Page, PageRequest } from './service.ts';

export interface PodGroupView {
  namespace: string;
  name: string;
  /** How many pods there must be, once it is known. */
  size?: { pods: number; from: PodGroupSizeSource };
  /** Pods by state. */
  pods: Record<string, number>;
  /** How many have the ready label. */
  labelled: number;
  ready: boolean;
  /** Milliseconds. */
  since: number;
  /** Why it is not ready. */
  reason?: PodGroupReason;
  message?: string;
  /** The pods that keep it from being ready, or the first of them. */
  waiting: Array<{ name: string; state: string; deleted: boolean; message?: string }>;
  waitingLeftOut: number;
  /** `groups` as `<namespace>/<name>`, itself among them. */
  deadlock?: { since: number; groups: readonly string[] };
}

export interface PodGroupsFilter {
  namespace?: string;
  ready?: boolean;
}

export interface PodGroupService {
  /** In the order in which they were first seen. */
  groups(filter: PodGroupsFilter, page: PageRequest): Page<PodGroupView>;
  group(namespace: string, name: string): PodGroupView | undefined;
}
