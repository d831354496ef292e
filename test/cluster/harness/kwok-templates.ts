/**
 * Go templates of the status that KWOK gives to pods. Each renders a patch of `.status` for any number of containers and
 * init containers; restartable init containers (sidecars) run as long as the containers do.
 */
import { fateAnnotations } from './fate.ts';

const identity = (status: string) => `
  name: {{ $item.name | Quote }}
  image: {{ $item.image | Quote }}
  imageID: {{ $item.image | Quote }}
  containerID: {{ printf "kwok://%s/%s" $root.metadata.uid $item.name | Quote }}
${status}`;

const variables = `
{{ $root := . }}
{{ $now := Now }}
{{ $annotations := or .metadata.annotations dict }}
{{ $exitCode := or (index $annotations "${fateAnnotations.exitCode}") "1" }}
{{ $begun := or .status.startTime $now }}
`;

const condition = (type: string, status: string, reason: string) => `
- type: ${type}
  status: ${JSON.stringify(status)}
  reason: ${JSON.stringify(reason)}
  lastTransitionTime: {{ $now | Quote }}`;

const conditions = (ready: 'True' | 'False', reason = '') => `
conditions:
${condition('Initialized', 'True', '')}
${condition('Ready', ready, reason)}
${condition('ContainersReady', ready, reason)}
`;

const addresses = `
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName (or .spec.hostNetwork false) .metadata.uid .metadata.name .metadata.namespace | Quote }}
startTime: {{ $begun | Quote }}
`;

const running = `
  ready: true
  started: true
  restartCount: {{ $restarts }}
  state:
    running:
      startedAt: {{ $now | Quote }}`;

const waiting = (reason: string, message: string) => `
  ready: false
  started: false
  restartCount: {{ $restarts }}
  state:
    waiting:
      reason: ${reason}
      message: ${message}`;

const terminated = (exitCode: string, reason: string, indent = '') =>
  [
    'terminated:',
    `  exitCode: ${exitCode}`,
    `  reason: ${reason}`,
    '  startedAt: {{ $since | Quote }}',
    '  finishedAt: {{ $now | Quote }}',
    '  containerID: {{ printf "kwok://%s/%s" $root.metadata.uid $item.name | Quote }}',
  ]
    .map((line) => `    ${indent}${line}`)
    .join('\n');

const ended = (exitCode: string, reason: string) => `
  ready: false
  started: false
  restartCount: {{ $restarts }}
  state:
${terminated(exitCode, reason)}`;

/** `$restarts` and `$since` (when it began) of this container, from the status it has so far. */
const soFar = `
{{ $restarts := 0 }}
{{ $since := $begun }}
{{ range $known := or $root.status.containerStatuses list }}
{{ if eq $known.name $item.name }}
{{ $restarts = int (or $known.restartCount 0) }}
{{ with $known.state }}{{ with .running }}{{ $since = .startedAt }}{{ end }}{{ end }}
{{ end }}
{{ end }}`;

const containers = (status: string) => `
containerStatuses:
{{ range $index, $item := .spec.containers }}
${soFar}
- ${identity(status).trimStart()}
{{ end }}
`;

const initContainers = (sidecar: string) => `
{{ if .spec.initContainers }}
initContainerStatuses:
{{ range $index, $item := .spec.initContainers }}
{{ $restarts := 0 }}
{{ $since := $begun }}
{{ if eq (or $item.restartPolicy "") "Always" }}
- ${identity(sidecar).trimStart()}
{{ else }}
{{ $now := $begun }}
- ${identity(ended('0', 'Completed').replace('ready: false', 'ready: true')).trimStart()}
{{ end }}
{{ end }}
{{ end }}
`;

export const runningPod = `${variables}
phase: Running
${conditions('True')}
${addresses}
${initContainers(running)}
${containers(running)}`;

/** Every container ends; the first with this code and reason, the others with 0. */
export function endedPod(phase: 'Succeeded' | 'Failed', exitCode: string, reason: string): string {
  const first = ended(exitCode, reason);
  const others = ended('0', 'Completed');
  return `${variables}
phase: ${phase}
${conditions('False', phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed')}
${addresses}
${initContainers(ended('0', 'Completed'))}
${containers(`{{ if eq $index 0 }}${first}\n{{ else }}${others}\n{{ end }}`)}`;
}

/** What a kubelet leaves of a pod that is deleted before its end: every container killed. */
export const killedPod = `${variables}
phase: Failed
${conditions('False', 'PodFailed')}
${addresses}
${initContainers(ended('137', 'Error'))}
${containers(ended('137', 'Error'))}`;

export const imagePullPod = `${variables}
phase: Pending
${conditions('False', 'ContainersNotReady')}
${addresses}
${containers(waiting('ImagePullBackOff', '{{ printf "Back-off pulling image %q" $item.image | Quote }}'))}`;

/** Between two tries: the container waits, one restart more, with the last try's end beside it. */
export const crashLoopPod = `${variables}
phase: Running
${conditions('False', 'ContainersNotReady')}
${containers(`{{ $restarts = add $restarts 1 }}
${waiting('CrashLoopBackOff', '"back-off 10s restarting failed container"')}
  lastState:
${terminated('{{ $exitCode }}', 'Error')}`)}`;

/** The next try of a crash loop. */
export const restartedPod = `${variables}
phase: Running
${conditions('True')}
${containers(running)}`;
