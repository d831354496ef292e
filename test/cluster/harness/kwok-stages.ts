/**
 * KWOK's Stages: which status a node or a pod gets next, and when. At any moment at most one Stage fits a pod, so that
 * nothing is left to weights or to chance.
 */
import { fateAnnotations, fateLabel, gangReadyLabel } from './fate.ts';
import { crashLoopPod, endedPod, imagePullPod, killedPod, restartedPod, runningPod } from './kwok-templates.ts';

interface Requirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values?: string[];
}

interface StageDelay {
  durationMilliseconds: number;
  durationFrom?: { expressionFrom: string };
}

export interface Stage {
  apiVersion: 'kwok.x-k8s.io/v1alpha1';
  kind: 'Stage';
  metadata: { name: string };
  spec: {
    resourceRef: { apiGroup: 'v1'; kind: 'Pod' | 'Node' };
    selector: { matchExpressions: Requirement[] };
    delay?: StageDelay;
    next: Record<string, unknown>;
  };
}

export interface NodeCapacity {
  cpu: string;
  memory: string;
  pods: string;
}

const statusIs = (key: string, ...values: string[]): Requirement => ({ key, operator: 'In', values });
const phaseIs = (...phases: string[]): Requirement => statusIs('.status.phase', ...phases);
const fateIs = (...fates: string[]): Requirement => statusIs(`.metadata.labels["${fateLabel}"] // "succeed"`, ...fates);
const alive: Requirement = { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' };
const deleted: Requirement = { key: '.metadata.deletionTimestamp', operator: 'Exists' };
const containerState = '.status.containerStatuses[0].state';

function after(annotation: string, durationMilliseconds: number): StageDelay {
  return { durationMilliseconds, durationFrom: { expressionFrom: `.metadata.annotations["${annotation}"]` } };
}

function stage(kind: 'Pod' | 'Node', name: string, spec: Omit<Stage['spec'], 'resourceRef'>): Stage {
  const resourceRef = { apiGroup: 'v1', kind } as const;
  return { apiVersion: 'kwok.x-k8s.io/v1alpha1', kind: 'Stage', metadata: { name }, spec: { resourceRef, ...spec } };
}

function podStage(name: string, matchExpressions: Requirement[], delay: StageDelay, next: object): Stage {
  return stage('Pod', name, { selector: { matchExpressions }, delay, next: { ...next } });
}

const afterDuration = after(fateAnnotations.duration, 1_000);
const afterStartDelay = after(fateAnnotations.startDelay, 0);

function ends(name: string, requirements: Requirement[], statusTemplate: string): Stage {
  return podStage(name, [alive, phaseIs('Running'), ...requirements], afterDuration, { statusTemplate });
}

const warning = (reason: string, message: string) => ({ type: 'Warning', reason, message });

const podStages: Stage[] = [
  podStage('pod-runs', [alive, phaseIs('Pending'), { ...fateIs('image-pull'), operator: 'NotIn' }], afterStartDelay, {
    event: { type: 'Normal', reason: 'Started', message: 'Started container' },
    statusTemplate: runningPod,
  }),
  podStage(
    'pod-image-pull',
    [alive, phaseIs('Pending'), fateIs('image-pull'), { key: `${containerState}.waiting`, operator: 'DoesNotExist' }],
    afterStartDelay,
    { event: warning('Failed', 'Failed to pull image'), statusTemplate: imagePullPod },
  ),
  ends('pod-succeeds', [fateIs('succeed')], endedPod('Succeeded', '0', 'Completed')),
  ends('pod-fails', [fateIs('fail')], endedPod('Failed', '{{ $exitCode }}', 'Error')),
  ends('pod-out-of-memory', [fateIs('oom')], endedPod('Failed', '137', 'OOMKilled')),
  ends(
    'pod-gang-succeeds',
    [fateIs('gang'), statusIs(`.metadata.labels["${gangReadyLabel}"]`, 'true')],
    endedPod('Succeeded', '0', 'Completed'),
  ),
  podStage(
    'pod-crashes',
    [alive, phaseIs('Running'), fateIs('crash-loop'), { key: `${containerState}.running`, operator: 'Exists' }],
    afterDuration,
    { event: warning('BackOff', 'Back-off restarting failed container'), statusTemplate: crashLoopPod },
  ),
  podStage(
    'pod-restarts',
    [alive, phaseIs('Running'), fateIs('crash-loop'), { key: `${containerState}.waiting`, operator: 'Exists' }],
    afterDuration,
    { statusTemplate: restartedPod },
  ),
  podStage('pod-killed', [deleted, phaseIs('Pending', 'Running')], after(fateAnnotations.terminationDelay, 0), {
    statusTemplate: killedPod,
  }),
  podStage(
    'pod-deleted',
    [deleted, phaseIs('Succeeded', 'Failed'), { key: '.metadata.finalizers', operator: 'DoesNotExist' }],
    { durationMilliseconds: 0 },
    { delete: true },
  ),
];

/** No Hostname address: the API server would look it up for logs, and nothing answers to it. */
const readyNode = (capacity: NodeCapacity) => `
{{ $now := Now }}
phase: Running
conditions:
{{ range NodeConditions }}
- type: {{ .type | Quote }}
  status: {{ .status | Quote }}
  reason: {{ .reason | Quote }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
addresses:
- type: InternalIP
  address: {{ NodeIP | Quote }}
daemonEndpoints:
  kubeletEndpoint:
    Port: {{ NodePort }}
capacity:
{{ with .status.capacity }}
  {{ YAML . 1 }}
{{ else }}
  ${JSON.stringify(capacity)}
{{ end }}
allocatable:
{{ with .status.allocatable }}
  {{ YAML . 1 }}
{{ else }}
  ${JSON.stringify(capacity)}
{{ end }}
nodeInfo: { architecture: amd64, operatingSystem: linux, kubeletVersion: "kwok-{{ Version }}", bootID: "", machineID: "",
  systemUUID: "", kernelVersion: kwok, osImage: kwok, containerRuntimeVersion: kwok, kubeProxyVersion: "" }
`;

/** A node that says itself what it can hold (`status.capacity`, `status.allocatable`) keeps that; others get `capacity`. */
export function stages(capacity: NodeCapacity): Stage[] {
  const notReady: Requirement = {
    key: '.status.conditions.[] | select( .type == "Ready" ) | .status',
    operator: 'NotIn',
    values: ['True'],
  };
  const makeReady = { selector: { matchExpressions: [notReady] }, next: { statusTemplate: readyNode(capacity) } };
  return [stage('Node', 'node-ready', makeReady), ...podStages];
}
