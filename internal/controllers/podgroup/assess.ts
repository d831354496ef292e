// Whether a group may be called ready, and if not, why: every reason, the first being the one to look at first. Pure.
import type { PodGroupReason } from '../../../pkg/models/index.ts';
import { countsAsRunning, type GroupPod } from './records.ts';
import type { AnnotatedSize } from './size.ts';

export interface Obstacle {
  reason: PodGroupReason;
  message: string;
}

/** What the pods themselves and their annotation say against it; empty when nothing does. */
export function obstacles(pods: readonly GroupPod[], size: AnnotatedSize): Obstacle[] {
  const idle = pods.filter((pod) => !countsAsRunning(pod));
  const [stands, what] = pods.every(hasEnded)
    ? (['pods_ended', 'ended before all of them ran'] as const)
    : (['pods_not_running', 'not running'] as const);
  return [
    ...(size.kind === 'invalid' ? [{ reason: 'size_invalid', message: size.message } as const] : []),
    ...(size.kind === 'size' && pods.length < size.pods ? [missing(`${pods.length} of ${size.pods} pods`)] : []),
    ...about('pods_deleted', 'being deleted', pods, (pod) => pod.deleted),
    ...about('pods_unschedulable', 'unschedulable', idle, (pod) => pod.unschedulable !== undefined),
    ...about(stands, what, idle, (pod) => pod.unschedulable === undefined),
  ];
}

function hasEnded({ phase }: GroupPod): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** `what` is there of what must be. */
export function missing(what: string): Obstacle {
  return { reason: 'pods_missing', message: `${what} are there` };
}

/** Pods that lack the label, to be given it once the group is ready. */
export function unlabelled(pods: Iterable<GroupPod>): GroupPod[] {
  return [...pods].filter((pod) => !pod.ready);
}

/** One word for each pod, by which they are counted. */
export function podState({ phase, unschedulable }: GroupPod): string {
  return unschedulable ? 'Unschedulable' : phase;
}

export interface WaitingPod {
  name: string;
  state: string;
  deleted: boolean;
  message?: string;
}

/** Those that keep it from being ready, with the scheduler's words. */
export function waitingPods(pods: readonly GroupPod[]): WaitingPod[] {
  return pods
    .filter((pod) => pod.deleted || !countsAsRunning(pod))
    .map((pod) => {
      const message = pod.unschedulable?.message;
      return { name: pod.name, state: podState(pod), deleted: pod.deleted, ...(message && { message }) };
    });
}

const mostNamed = 3;

function about(
  reason: PodGroupReason,
  what: string,
  pods: readonly GroupPod[],
  isSo: (pod: GroupPod) => boolean,
): Obstacle[] {
  const found = pods.filter(isSo);
  if (found.length === 0) return [];
  const names = found.slice(0, mostNamed).map(({ name }) => name);
  const more = found.length > mostNamed ? ` and ${found.length - mostNamed} more` : '';
  const words = found[0]?.unschedulable?.message;
  const told = reason === 'pods_unschedulable' && words ? `: ${words}` : '';
  return [{ reason, message: `${what}: ${names.join(', ')}${more}${told}` }];
}
