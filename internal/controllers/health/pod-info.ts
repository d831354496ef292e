// What one pod shows: its phase, its containers, and what is wrong with it. Pure: an object of the API server in, slim plain
// data out, in the very shape in which it is shown, since ten thousand of them are kept. It knows neither workloads nor
// watches. An object that makes no sense is refused by throwing; nothing of it is guessed.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { type Condition, condition, conditionOf, list, text } from '../../../pkg/kubernetes/conditions.ts';
import { fields } from '../../../pkg/kubernetes/pod-template.ts';
import { containerIssueReason } from './container-issues.ts';

export type ContainerKind = 'init' | 'sidecar' | 'regular';

/** An end: now, or before the container was started again. */
export interface LastState extends Condition {
  state: 'terminated';
  exitCode?: number;
}

export interface ContainerInfo extends Condition {
  name: string;
  /** A sidecar is an init container with restartPolicy Always. */
  kind: ContainerKind;
  state: 'waiting' | 'running' | 'terminated';
  exitCode?: number;
  restarts: number;
  ready: boolean;
  lastState?: LastState;
}

export interface PodInfo extends Condition {
  name: string;
  phase: string;
  node?: string;
  /** The worst true thing: a container issue, else `Unschedulable`, else the phase. */
  status: string;
  containers: ContainerInfo[];
}

type Fields = Record<string, unknown>;

const phases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'];
/** Kubernetes sets no limit; nobody reads more. */
const mostContainers = 250;
export const longestName = 253;

/** Throws for a pod without a known phase, without containers, or with one that is no object or has no name. */
export function podInfo(pod: KubernetesObject): PodInfo {
  const status = fields(pod.status);
  const phase = phaseOf(status);
  const node = text(fields(pod.spec).nodeName)?.slice(0, longestName);
  const containers = containersOf(fields(pod.spec), status);
  return {
    name: pod.metadata.name,
    phase,
    ...(node ? { node } : {}),
    ...worstOf(pod, phase, containers),
    containers,
  };
}

/** The scheduler found no node for it. */
export function isPodUnschedulable(pod: Pick<KubernetesObject, 'status'>): boolean {
  return unschedulableOf(pod) !== undefined;
}

export function hasUnschedulablePods(pods: ReadonlyArray<Pick<KubernetesObject, 'status'>>): boolean {
  return pods.some(isPodUnschedulable);
}

export function unschedulableOf({ status }: Pick<KubernetesObject, 'status'>): Condition | undefined {
  const scheduled = conditionOf(status, 'PodScheduled', 'False');
  return scheduled?.reason === 'Unschedulable' ? scheduled : undefined;
}

export interface ContainerIssue extends Condition {
  container: string;
  kind: ContainerKind;
  reason: string;
}

/**
 * One for each container that has an issue, sidecars last: they are ended by the others' end. A pod that succeeded has none,
 * whatever its sidecars ended with.
 */
export function containerIssues({ phase, containers }: Pick<PodInfo, 'phase' | 'containers'>): ContainerIssue[] {
  if (phase === 'Succeeded') return [];
  const issues = containers.flatMap((container): ContainerIssue[] => {
    const reason = containerIssueReason(container);
    if (reason === undefined) return [];
    const message = container.message ?? container.lastState?.message;
    return [{ container: container.name, kind: container.kind, reason, ...(message ? { message } : {}) }];
  });
  return [...issues.filter(({ kind }) => kind !== 'sidecar'), ...issues.filter(({ kind }) => kind === 'sidecar')];
}

function worstOf(pod: KubernetesObject, phase: string, containers: ContainerInfo[]): Condition & { status: string } {
  const [issue] = containerIssues({ phase, containers });
  if (issue) {
    const { reason, container } = issue;
    return {
      status: reason,
      reason,
      message: `container ${container}: ${issue.message ?? endOf(containers, container)}`,
    };
  }
  const unschedulable = unschedulableOf(pod);
  if (unschedulable && phase === 'Pending') return { status: 'Unschedulable', ...unschedulable };
  return { status: phase, ...shortened(fields(pod.status)) };
}

function endOf(containers: readonly ContainerInfo[], name: string): string {
  const { reason, exitCode, lastState } = containers.find((container) => container.name === name) ?? {};
  const code = exitCode ?? lastState?.exitCode;
  return code === undefined ? String(reason) : `exit code ${code}`;
}

function phaseOf({ phase }: Fields): string {
  const known = phases.find((each) => each === phase);
  if (known === undefined) throw new Error(`its phase is ${JSON.stringify(phase)?.slice(0, longestName)}`);
  return known;
}

/** In the order of the spec; statuses come sorted by name. */
function containersOf(spec: Fields, status: Fields): ContainerInfo[] {
  const regular = list(spec.containers);
  if (regular.length === 0) throw new Error('it has no containers');
  const initial = list(spec.initContainers);
  if ([...initial, ...regular].some(({ name }) => text(name) === undefined))
    throw new Error('it has no name for one of its containers');
  const named = (statuses: unknown) => new Map(list(statuses).map((each) => [each.name, each]));
  const [initStatuses, statuses] = [named(status.initContainerStatuses), named(status.containerStatuses)];
  return [
    ...initial.map(({ name, restartPolicy }) =>
      containerInfo(name, restartPolicy === 'Always' ? 'sidecar' : 'init', fields(initStatuses.get(name))),
    ),
    ...regular.map(({ name }) => containerInfo(name, 'regular', fields(statuses.get(name)))),
  ].slice(0, mostContainers);
}

function containerInfo(name: unknown, kind: ContainerKind, status: Fields): ContainerInfo {
  const state = fields(status.state);
  const last = fields(fields(status.lastState).terminated);
  const { restartCount } = status;
  return {
    name: text(name)?.slice(0, longestName) ?? '',
    kind,
    ...stateOf(state),
    restarts: Number.isSafeInteger(restartCount) ? Math.max(0, Number(restartCount)) : 0,
    ready: status.ready === true,
    ...(Object.keys(last).length > 0 ? { lastState: { state: 'terminated', ...ended(last) } } : {}),
  };
}

/** Without any status the kubelet has not come to it yet. */
function stateOf({ running, terminated, waiting }: Fields): Pick<ContainerInfo, 'state' | 'reason' | 'exitCode'> {
  if (terminated) return { state: 'terminated', ...ended(fields(terminated)) };
  if (running) return { state: 'running' };
  return { state: 'waiting', ...shortened(fields(waiting)) };
}

function ended(terminated: Fields): Condition & { exitCode?: number } {
  const { exitCode } = terminated;
  // As the API has it: an int32.
  const isCode = Number.isInteger(exitCode) && Math.abs(exitCode as number) < 2 ** 31;
  return { ...shortened(terminated), ...(isCode ? { exitCode: exitCode as number } : {}) };
}

/** Kubernetes bounds an object at 1.5 MiB, and little of it has to be one word. */
export function shortened(of: Fields): Condition {
  const { reason, message } = condition(of);
  return { ...(reason ? { reason: reason.slice(0, longestName) } : {}), ...(message ? { message } : {}) };
}
