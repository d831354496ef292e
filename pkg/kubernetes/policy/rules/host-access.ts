// Rules about what a pod shares with its node: namespaces, ports, and the addresses that the kubelet is sent to.
// Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/ (v1.36), baseline.
import { at, itemsOf, type Place } from '../places.ts';
import { absentOr, type Finding, type Rule, unless } from '../rule.ts';

const source = 'Pod Security baseline';
const falseOrAbsent = absentOr(false);
const mustBeFalse = 'must be false or left out';

function hostNamespace(field: string, allowed: 'hostNetwork' | 'hostPid' | 'hostIpc', allowance: string): Rule {
  return {
    control: 'host namespaces',
    source,
    allowance,
    find: ({ spec }, { allow }) => (allow[allowed] ? [] : unless(at(spec, field), falseOrAbsent, mustBeFalse)),
  };
}

/** A pod has a network of its own: in the node's it could listen anywhere and reach what trusts the node. */
export const hostNetwork = hostNamespace('hostNetwork', 'hostNetwork', 'allow.host_network');

/** A pod has processes of its own: with the node's it could see, and as root end or read, those of everybody. */
export const hostPid = hostNamespace('hostPID', 'hostPid', 'allow.host_pid');

/** A pod has shared memory and semaphores of its own. */
export const hostIpc = hostNamespace('hostIPC', 'hostIpc', 'allow.host_ipc');

/** A container takes no port of the node. */
export const hostPorts: Rule = {
  control: 'host ports',
  source,
  allowance: 'allow.host_ports',
  find: ({ containers }, { allow }) => {
    if (allow.hostPorts) return [];
    const ports = containers.flatMap((container) => itemsOf(at(container, 'ports')));
    return ports.flatMap((port) => unless(at(port, 'hostPort'), absentOr(0), 'must be 0 or left out'));
  },
};

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const hooks = ['postStart', 'preStop'];

/** Probes and lifecycle hooks go to the pod: with a host of their own the kubelet would ask others in the node's name. */
export const hostProbes: Rule = {
  control: 'host probes and lifecycle hooks',
  source,
  find: ({ containers }) => containers.flatMap(handlersOf).flatMap(handlerHosts),
};

function handlersOf(container: Place): Place[] {
  const lifecycle = at(container, 'lifecycle');
  return [...probes.map((name) => at(container, name)), ...hooks.map((name) => at(lifecycle, name))];
}

function handlerHosts(handler: Place): Finding[] {
  const ways = ['httpGet', 'tcpSocket'];
  return ways.flatMap((way) => unless(at(handler, way, 'host'), absentOr(''), 'must be empty or left out'));
}
