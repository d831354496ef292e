// A workload down to its containers, each with its issue by name.
import type { ContainerNode, JobNode, PodNode, WorkloadNode } from './tree.ts';

export function WorkloadTree({ root }: { root: WorkloadNode }) {
  if (root.status === 'NotFound') return <p class="quiet">The cluster does not have it any more.</p>;
  const { status, restarts, lastCondition } = root;
  const facts = [
    inNumbers(status) || 'no pods',
    restarts === undefined ? '' : `restarts: ${restarts}`,
    lastCondition ? `${lastCondition.type}: ${lastCondition.status}` : '',
  ];
  return (
    <div class="tree">
      <p class="quiet">{facts.filter(Boolean).join(' · ')}</p>
      <ul>
        {root.jobs?.map((job) => (
          <Job key={job.name} job={job} />
        ))}
        {root.pods?.map((pod) => (
          <Pod key={pod.name} pod={pod} />
        ))}
      </ul>
    </div>
  );
}

/** `3 Running, 1 Failed`. */
export function inNumbers(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([state, number]) => `${number} ${state}`)
    .join(', ');
}

function Job({ job }: { job: JobNode }) {
  return (
    <li>
      <Line kind="Job" name={job.name} status={job.status} />
      <ul>
        {job.pods.map((pod) => (
          <Pod key={pod.name} pod={pod} />
        ))}
      </ul>
    </li>
  );
}

function Pod({ pod }: { pod: PodNode }) {
  return (
    <li>
      <Line kind="Pod" name={pod.name} status={pod.status} more={pod.node && `on ${pod.node}`} message={pod.message} />
      <ul>
        {pod.containers.map((container) => (
          <Container key={container.name} container={container} />
        ))}
      </ul>
    </li>
  );
}

function Container({ container }: { container: ContainerNode }) {
  const { name, kind, state, restarts, lastState } = container;
  const issue = issueOf(container);
  const restarted = restarts === 0 ? '' : `restarts: ${restarts}`;
  const before = lastState ? `before: ${lastState.reason ?? lastState.state}${exitOf(lastState.exitCode)}` : '';
  const more = [restarted, before].filter(Boolean).join(' · ');
  return (
    <li>
      <Line
        kind={kind === 'regular' ? 'Container' : `Container (${kind})`}
        name={name}
        status={`${issue === undefined ? '' : `${issue}, `}${state}${exitOf(container.exitCode)}`}
        isIssue={issue !== undefined}
        more={more}
        message={container.message}
      />
    </li>
  );
}

/** As docs/workloads.md has it. */
function issueOf({ state, reason, exitCode }: ContainerNode): string | undefined {
  if (state === 'waiting') return reason === undefined || onTheWay.includes(reason) ? undefined : reason;
  return state === 'terminated' && exitCode !== 0 ? (reason ?? 'Error') : undefined;
}

const onTheWay = ['ContainerCreating', 'PodInitializing'];

function exitOf(exitCode: number | undefined): string {
  return exitCode === undefined ? '' : `, exit code ${exitCode}`;
}

interface LineProps {
  kind: string;
  name: string;
  status: string;
  /** Whether something is wrong, when the status does not tell. */
  isIssue?: boolean;
  more?: string | undefined;
  message?: string | undefined;
}

/** Of pods and Jobs; any other word is that of an issue. */
const soundStatuses = ['Pending', 'Running', 'Succeeded', 'Complete', 'Suspended'];

function Line({ kind, name, status, isIssue, more, message }: LineProps) {
  const isBad = isIssue ?? !soundStatuses.includes(status);
  return (
    <p>
      <span class="quiet">{kind}</span> <b>{name}</b>{' '}
      <span class={isBad ? 'state unhealthy' : `state ${status}`}>
        {isBad && <span aria-hidden="true">✕ </span>}
        {status}
      </span>{' '}
      {more && <span class="quiet">{more}</span>}
      {message && <span class="message">{message}</span>}
    </p>
  );
}
