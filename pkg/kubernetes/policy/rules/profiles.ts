// Rules about the profiles that Linux holds a container to: AppArmor, SELinux, seccomp, the masked parts of /proc, and
// kernel parameters. The defaults may be chosen among, not switched off.
// Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/ (v1.36).
import { at, entriesOf, isAbsent, itemsOf, Misshapen, type Place } from '../places.ts';
import type { PodPlaces } from '../pod-places.ts';
import { absentOr, type Finding, list, oneOf, type Rule, unless } from '../rule.ts';

const baseline = 'Pod Security baseline';
const restricted = 'Pod Security restricted';
const profileTypes = ['RuntimeDefault', 'Localhost'];
const mustBeProfile = `must be one of ${list(profileTypes)}`;
const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/';

/** The AppArmor profile is the runtime's or one that the node has, by field or by the older annotation. */
export const appArmor: Rule = {
  control: 'AppArmor',
  source: baseline,
  find: ({ metadata, securityContexts }) => [
    ...securityContexts.flatMap((context) => profile(at(context, 'appArmorProfile'))),
    ...entriesOf(at(metadata, 'annotations')).flatMap(annotatedProfile),
  ],
};

function annotatedProfile(annotation: Place): Finding[] {
  const isMap = !(annotation.value instanceof Misshapen);
  if (isMap && !String(annotation.key).startsWith(appArmorAnnotation)) return [];
  return unless(annotation, isAllowedAnnotation, 'must be runtime/default or begin with localhost/');
}

function isAllowedAnnotation(value: unknown): boolean {
  return typeof value === 'string' && (value === '' || value === 'runtime/default' || value.startsWith('localhost/'));
}

/** A profile that is left out is the default; one that is there has a type. */
function profile(place: Place): Finding[] {
  return isAbsent(place) ? [] : unless(at(place, 'type'), oneOf(profileTypes), mustBeProfile);
}

const seLinuxTypes = ['container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

/** The SELinux type is one of those made for containers; user and role are not chosen. */
export const seLinux: Rule = {
  control: 'SELinux',
  source: baseline,
  find: ({ securityContexts }) =>
    securityContexts.flatMap((context) => {
      const options = at(context, 'seLinuxOptions');
      return [
        ...unless(at(options, 'type'), absentOr('', ...seLinuxTypes), `must be one of ${list(seLinuxTypes)}`),
        ...unless(at(options, 'user'), absentOr(''), 'must be left out'),
        ...unless(at(options, 'role'), absentOr(''), 'must be left out'),
      ];
    }),
};

/** The parts of /proc that runtimes hide stay hidden, unless the pod has a user namespace of its own. */
export const procMount: Rule = {
  control: '/proc mount type',
  source: baseline,
  find: (pod) => (pod.ownUserNamespace ? [] : unmasked(pod)),
};

/** The same without exception. */
export const procMountAlways: Rule = { control: '/proc mount type', source: restricted, find: unmasked };

function unmasked({ containers }: PodPlaces): Finding[] {
  return containers.flatMap((container) =>
    unless(at(container, 'securityContext', 'procMount'), absentOr('Default'), 'must be Default or left out'),
  );
}

/** The seccomp profile is not switched off. */
export const seccomp: Rule = {
  control: 'seccomp',
  source: baseline,
  find: ({ securityContexts }) => securityContexts.flatMap((context) => profile(at(context, 'seccompProfile'))),
};

/** The seccomp profile is chosen, for the whole pod or by each container. Windows has none. */
export const seccompChosen: Rule = {
  control: 'seccomp',
  source: restricted,
  find: (pod, policy) => (pod.windows ? [] : [...seccomp.find(pod, policy), ...notChosen(pod)]),
};

function notChosen({ spec, containers }: PodPlaces): Finding[] {
  const ofPod = at(spec, 'securityContext', 'seccompProfile', 'type');
  if (profileTypes.includes(ofPod.value as string)) return [];
  const open = containers.map((container) => at(container, 'securityContext', 'seccompProfile')).filter(isAbsent);
  const must = `${mustBeProfile}, here or in the pod’s securityContext`;
  return open.map((place) => ({ place: at(place, 'type'), must }));
}

const safeSysctls = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
];

/** Only kernel parameters that concern nobody but the pod are set. */
export const sysctls: Rule = {
  control: 'sysctls',
  source: baseline,
  allowance: 'allow.sysctls',
  find: ({ spec }, { allow }) => {
    const allowed = [...safeSysctls, ...allow.sysctls];
    const set = itemsOf(at(spec, 'securityContext', 'sysctls'));
    return set.flatMap((one) => unless(at(one, 'name'), oneOf(allowed), `must be one of ${list(allowed)}`));
  },
};
