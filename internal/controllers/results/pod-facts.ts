// What is saved of a pod beside its logs: where and when it ran, and how each container stands. Pure, and read from JSON that
// others wrote: what is missing is left out, what is too long is cut.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { list, text } from '../../../pkg/kubernetes/conditions.ts';
import { fields } from '../../../pkg/kubernetes/pod-template.ts';

/** Names are those of Kubernetes. */
export interface StateFacts {
  state: 'waiting' | 'running' | 'terminated' | 'unknown';
  reason?: string;
  message?: string;
  exitCode?: number;
  startedAt?: string;
  finishedAt?: string;
}

export interface ContainerFacts extends StateFacts {
  name: string;
  kind: 'init' | 'sidecar' | 'regular';
  ready: boolean;
  started?: boolean;
  restarts: number;
  image: string;
  imageID?: string;
  lastState?: StateFacts;
  log?: LogFacts;
}

/** `sha256` is that of the whole when some of it is missing. */
export interface LogFacts {
  bytes: number;
  missing?: number;
  sha256?: string;
  error?: string;
}

export interface PodFacts {
  name: string;
  phase: string;
  node?: string;
  started?: string;
  reason?: string;
  message?: string;
  containers: ContainerFacts[];
}

type Fields = Record<string, unknown>;

const longestText = 1_024;
/** Of one pod; nobody has more. */
const mostContainers = 100;

export function podFacts({ metadata, spec, status: written }: KubernetesObject): PodFacts {
  const status = fields(written);
  const { nodeName, initContainers, containers } = fields(spec);
  const initial = list(initContainers);
  const kindOf = (name: unknown): 'init' | 'sidecar' =>
    initial.some((one) => one.name === name && one.restartPolicy === 'Always') ? 'sidecar' : 'init';
  const statuses = [
    ...inOrderOf(initial, list(status.initContainerStatuses)).map((one) => containerFacts(one, kindOf(one.name))),
    ...inOrderOf(list(containers), list(status.containerStatuses)).map((one) => containerFacts(one, 'regular')),
  ];
  return {
    name: metadata.name,
    phase: cut(status.phase) ?? 'Unknown',
    ...some({ node: cut(nodeName), started: cut(status.startTime), reason: cut(status.reason) }),
    ...some({ message: cut(status.message) }),
    containers: statuses.slice(0, mostContainers),
  };
}

/** One that waits has printed nothing, or its log is not of this run; one without a name nobody can ask for. */
export function hasLog({ name, state }: ContainerFacts): boolean {
  if (name === '') return false;
  return state === 'running' || state === 'terminated';
}

export function hasFailed({ phase, containers }: PodFacts): boolean {
  return phase === 'Failed' || containers.some(({ exitCode = 0 }) => exitCode !== 0);
}

/** `Terminated (Completed, exit code: 0)` */
export function stateInWords({ state, reason, exitCode }: StateFacts): string {
  const word = `${state.charAt(0).toUpperCase()}${state.slice(1)}`;
  const details = [reason, exitCode === undefined ? undefined : `exit code: ${exitCode}`].filter(Boolean);
  return details.length === 0 ? word : `${word} (${details.join(', ')})`;
}

/** Statuses come sorted by name. */
function inOrderOf(containers: Fields[], statuses: Fields[]): Fields[] {
  const place = new Map(containers.map(({ name }, index) => [name, index]));
  return [...statuses].sort((a, b) => (place.get(a.name) ?? mostContainers) - (place.get(b.name) ?? mostContainers));
}

function containerFacts(status: Fields, kind: ContainerFacts['kind']): ContainerFacts {
  const last = stateFacts(status.lastState);
  return {
    name: cut(status.name) ?? '',
    kind,
    ...stateFacts(status.state),
    ready: status.ready === true,
    ...(typeof status.started === 'boolean' ? { started: status.started } : {}),
    restarts: whole(status.restartCount) ?? 0,
    image: cut(status.image) ?? '',
    ...some({ imageID: cut(status.imageID) }),
    ...(last.state === 'unknown' ? {} : { lastState: last }),
  };
}

function stateFacts(written: unknown): StateFacts {
  const state = fields(written);
  for (const name of ['terminated', 'running', 'waiting'] as const) {
    if (typeof state[name] !== 'object' || state[name] === null) continue;
    const { reason, message, exitCode, startedAt, finishedAt } = fields(state[name]);
    return {
      state: name,
      ...some({ reason: cut(reason), message: cut(message), exitCode: whole(exitCode) }),
      ...some({ startedAt: cut(startedAt), finishedAt: cut(finishedAt) }),
    };
  }
  return { state: 'unknown' };
}

function cut(value: unknown): string | undefined {
  return text(value)?.slice(0, longestText);
}

function whole(value: unknown): number | undefined {
  return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31 ? (value as number) : undefined;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function some<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
