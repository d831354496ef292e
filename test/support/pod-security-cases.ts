// Pods for every control of the Pod Security Standards, allowed and refused: a pod that meets `restricted` with a few
// fields changed, and which fields each level refuses then. The unit tests hold our rules to this table, and a test on
// the cluster holds the table to what the API server's own admission says.

export interface PodSecurityCase {
  control: string;
  /** What is changed of `restrictedPod()`, by JSON pointer; undefined takes the field away. */
  set: Record<string, unknown>;
  /** The fields that are refused; none means that the pod is allowed. */
  baseline: readonly string[];
  restricted: readonly string[];
}

export interface PodTemplate {
  metadata: Record<string, unknown>;
  spec: Record<string, unknown>;
}

export function restrictedPod(): PodTemplate {
  return {
    metadata: { annotations: { note: 'x' } },
    spec: {
      restartPolicy: 'Never',
      securityContext: { runAsNonRoot: true, runAsUser: 1_000, seccompProfile: { type: 'RuntimeDefault' } },
      initContainers: [restrictedContainer('first')],
      containers: [restrictedContainer('main')],
      volumes: [{ name: 'scratch', emptyDir: {} }],
    },
  };
}

function restrictedContainer(name: string): object {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  return { name, image: 'busybox:1.36', securityContext };
}

/** The pod with its fields changed. */
export function podWith(set: Record<string, unknown>): PodTemplate {
  const pod = restrictedPod();
  for (const [pointer, value] of Object.entries(set)) setAt(pod, pointer, value);
  return pod;
}

function setAt(root: unknown, pointer: string, value: unknown): void {
  const keys = pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() as string;
  let current = root as Record<string, unknown>;
  for (const [index, key] of keys.entries()) {
    const next = keys[index + 1] ?? last;
    current[key] ??= /^\d+$/.test(next) ? [] : {};
    current = current[key] as Record<string, unknown>;
  }
  if (value === undefined) delete current[last];
  else current[last] = structuredClone(value);
}

const main = '/spec/containers/0';
const first = '/spec/initContainers/0';
const pod = '/spec/securityContext';
const context = `${main}/securityContext`;
const appArmor = '/metadata/annotations/container.apparmor.security.beta.kubernetes.io~1main';

const allowed = (control: string, ...sets: Array<Record<string, unknown>>): PodSecurityCase[] =>
  sets.map((set) => ({ control, set, baseline: [], restricted: [] }));

/** Refused at both levels, at the one field that is set last. */
const refused = (control: string, ...sets: Array<Record<string, unknown>>): PodSecurityCase[] =>
  sets.map((set) => {
    const pointers = Object.keys(set).slice(-1);
    return { control, set, baseline: pointers, restricted: pointers };
  });

/** Refused by restricted alone, at these fields. */
const restrictedOnly = (control: string, set: Record<string, unknown>, ...pointers: string[]): PodSecurityCase => ({
  control,
  set,
  baseline: [],
  restricted: pointers,
});

const volumeOf = (type: string, source: object): Record<string, unknown> => ({
  '/spec/volumes/0/emptyDir': undefined,
  [`/spec/volumes/0/${type}`]: source,
});

const windows = {
  '/spec/os': { name: 'windows' },
  '/spec/securityContext': { runAsNonRoot: true },
  [`${first}/securityContext`]: undefined,
  [context]: undefined,
};

export const podSecurityCases: readonly PodSecurityCase[] = [
  ...allowed('nothing unusual', {}),

  ...allowed('host namespaces', { '/spec/hostNetwork': false, '/spec/hostPID': false, '/spec/hostIPC': false }),
  ...allowed('host namespaces', { '/spec/HostNetwork': true, '/spec/hostpid': true }), // names of nothing
  ...refused('host namespaces', { '/spec/hostNetwork': true }, { '/spec/hostPID': true }, { '/spec/hostIPC': true }),

  ...allowed('privileged containers', { [`${context}/privileged`]: false }),
  ...refused(
    'privileged containers',
    { [`${context}/allowPrivilegeEscalation`]: undefined, [`${context}/privileged`]: true },
    { [`${first}/securityContext/allowPrivilegeEscalation`]: undefined, [`${first}/securityContext/privileged`]: true },
  ).map((one) => ({
    ...one,
    restricted: [...Object.keys(one.set).slice(-1), ...Object.keys(one.set).slice(0, 1)],
  })),

  ...allowed('HostProcess', { '/spec/securityContext/windowsOptions': { hostProcess: false } }),
  ...refused(
    'HostProcess',
    { ...windows, '/spec/hostNetwork': true, [`${pod}/windowsOptions/hostProcess`]: true },
    { ...windows, '/spec/hostNetwork': true, [`${context}/windowsOptions/hostProcess`]: true },
  ).map((one) => {
    const both = ['/spec/hostNetwork', ...one.baseline];
    return { ...one, baseline: both, restricted: both };
  }),

  ...allowed(
    'capabilities',
    { [`${context}/capabilities/add`]: [] },
    { [`${context}/capabilities/add`]: ['NET_BIND_SERVICE'] },
  ),
  ...[
    ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'SETFCAP', 'SETGID', 'SETPCAP'],
    ...['SETUID', 'SYS_CHROOT'],
  ].map((name) =>
    restrictedOnly('capabilities', { [`${context}/capabilities/add`]: [name] }, `${context}/capabilities/add/0`),
  ),
  ...['NET_RAW', 'SYS_ADMIN', 'ALL', 'CAP_CHOWN', 'chown'].flatMap((name) =>
    refused('capabilities', { [`${context}/capabilities/add/0`]: name }),
  ),
  restrictedOnly('capabilities', { [`${context}/capabilities/drop`]: undefined }, `${context}/capabilities/drop`),
  restrictedOnly('capabilities', { [`${context}/capabilities`]: undefined }, `${context}/capabilities/drop`),
  restrictedOnly('capabilities', { [`${context}/capabilities/drop`]: ['NET_RAW'] }, `${context}/capabilities/drop`),
  restrictedOnly(
    'capabilities',
    { [`${first}/securityContext/capabilities`]: {} },
    `${first}/securityContext/capabilities/drop`,
  ),

  ...allowed(
    'host ports',
    { [`${main}/ports`]: [{ containerPort: 80 }] },
    { [`${main}/ports`]: [{ containerPort: 80, hostPort: 0 }] },
  ),
  ...refused('host ports', {
    [`${main}/ports`]: [{ containerPort: 80 }, { containerPort: 81 }],
    [`${main}/ports/1/hostPort`]: 81,
  }),

  ...allowed(
    'host probes and lifecycle hooks',
    {
      [`${main}/livenessProbe`]: { httpGet: { port: 80 } },
      [`${main}/lifecycle`]: { preStop: { exec: { command: ['a'] } } },
    },
    { [`${main}/readinessProbe`]: { tcpSocket: { port: 80, host: '' } } },
  ),
  ...['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle/postStart', 'lifecycle/preStop'].flatMap(
    (handler) =>
      ['httpGet', 'tcpSocket'].flatMap((way) =>
        refused('host probes and lifecycle hooks', {
          [`${main}/${handler}/${way}/port`]: 80,
          [`${main}/${handler}/${way}/host`]: '127.0.0.1',
        }),
      ),
  ),

  ...[`${pod}/appArmorProfile`, `${context}/appArmorProfile`].flatMap((profile) => [
    ...allowed(
      'AppArmor',
      { [profile]: { type: 'RuntimeDefault' } },
      { [profile]: { type: 'Localhost', localhostProfile: 'a' } },
    ),
    ...refused('AppArmor', { [`${profile}/type`]: 'Unconfined' }),
  ]),
  ...['runtime/default', 'localhost/mine'].flatMap((value) => allowed('AppArmor', { [appArmor]: value })),
  ...refused('AppArmor', { [appArmor]: 'unconfined' }),

  ...[`${pod}/seLinuxOptions`, `${context}/seLinuxOptions`].flatMap((options) => [
    ...['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'].flatMap((type) =>
      allowed('SELinux', { [options]: { type, level: 's0:c1,c2' } }),
    ),
    ...refused('SELinux', { [`${options}/type`]: 'spc_t' }, { [`${options}/user`]: 'u' }, { [`${options}/role`]: 'r' }),
  ]),

  ...allowed('/proc mount type', { [`${context}/procMount`]: 'Default' }),
  ...refused('/proc mount type', { [`${context}/procMount`]: 'Unmasked' }),
  restrictedOnly(
    '/proc mount type',
    { '/spec/hostUsers': false, [`${context}/procMount`]: 'Unmasked' },
    `${context}/procMount`,
  ),

  ...allowed(
    'seccomp',
    { [`${pod}/seccompProfile`]: { type: 'Localhost', localhostProfile: 'a' } },
    { [`${context}/seccompProfile`]: { type: 'RuntimeDefault' } },
    {
      [`${pod}/seccompProfile`]: undefined,
      [`${first}/securityContext/seccompProfile`]: { type: 'RuntimeDefault' },
      [`${context}/seccompProfile`]: { type: 'RuntimeDefault' },
    },
  ),
  ...refused('seccomp', { [`${context}/seccompProfile/type`]: 'Unconfined' }),
  {
    control: 'seccomp',
    set: { [`${pod}/seccompProfile/type`]: 'Unconfined' },
    baseline: [`${pod}/seccompProfile/type`],
    restricted: [
      `${pod}/seccompProfile/type`,
      `${first}/securityContext/seccompProfile/type`,
      `${context}/seccompProfile/type`,
    ],
  },
  restrictedOnly(
    'seccomp',
    { [`${pod}/seccompProfile`]: undefined, [`${first}/securityContext/seccompProfile`]: { type: 'RuntimeDefault' } },
    `${context}/seccompProfile/type`,
  ),

  ...[
    ...['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.ip_unprivileged_port_start'],
    ...['net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_local_reserved_ports'],
    ...['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl'],
    ...['net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'],
  ].flatMap((name) => allowed('sysctls', { [`${pod}/sysctls`]: [{ name, value: '1' }] })),
  ...refused(
    'sysctls',
    { [`${pod}/sysctls/0/value`]: '1', [`${pod}/sysctls/0/name`]: 'net.core.somaxconn' },
    { [`${pod}/sysctls/0/value`]: '1', [`${pod}/sysctls/0/name`]: 'kernel.msgmax' },
  ),

  ...refused('hostPath volumes', volumeOf('hostPath', { path: '/etc' })),
  ...[
    ...allowed('volume types', { '/spec/volumes/0/emptyDir': undefined }),
    ...allowed('volume types', volumeOf('configMap', { name: 'c' }), volumeOf('secret', { secretName: 's' })),
    ...allowed('volume types', volumeOf('downwardAPI', { items: [] }), volumeOf('csi', { driver: 'd.example' })),
    ...allowed('volume types', volumeOf('projected', { sources: [{ configMap: { name: 'c' } }] })),
    ...allowed('volume types', volumeOf('persistentVolumeClaim', { claimName: 'c' })),
    ...allowed('volume types', volumeOf('image', { reference: 'busybox:1.36' })),
    ...allowed(
      'volume types',
      volumeOf('ephemeral', {
        volumeClaimTemplate: {
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      }),
    ),
  ],
  ...(
    [
      ['nfs', { server: 's', path: '/p' }],
      ['iscsi', { targetPortal: '10.0.0.1', iqn: 'iqn.2001-04.com.example:storage', lun: 0 }],
      ['fc', { targetWWNs: ['5'], lun: 1 }],
      ['gcePersistentDisk', { pdName: 'd' }],
      ['awsElasticBlockStore', { volumeID: 'v' }],
      ['azureDisk', { diskName: 'd', diskURI: 'https://d.example/vhds/d.vhd' }],
      ['azureFile', { secretName: 's', shareName: 'n' }],
      ['cephfs', { monitors: ['10.0.0.1:6789'] }],
      ['cinder', { volumeID: 'v' }],
      ['flexVolume', { driver: 'd.example/d' }],
      ['flocker', { datasetName: 'd' }],
      ['gitRepo', { repository: 'https://git.example/r' }],
      ['glusterfs', { endpoints: 'e', path: 'p' }],
      ['photonPersistentDisk', { pdID: 'p' }],
      ['portworxVolume', { volumeID: 'v' }],
      ['quobyte', { registry: 'r:1', volume: 'v' }],
      ['rbd', { monitors: ['10.0.0.1:6789'], image: 'i' }],
      ['scaleIO', { gateway: 'https://g.example', system: 's', volumeName: 'v', secretRef: { name: 'n' } }],
      ['storageos', { volumeName: 'v' }],
      ['vsphereVolume', { volumePath: 'p' }],
    ] as const
  ).map(([type, source]) => restrictedOnly('volume types', volumeOf(type, source), `/spec/volumes/0/${type}`)),

  restrictedOnly(
    'privilege escalation',
    { [`${context}/allowPrivilegeEscalation`]: true },
    `${context}/allowPrivilegeEscalation`,
  ),
  restrictedOnly(
    'privilege escalation',
    { [`${context}/allowPrivilegeEscalation`]: undefined },
    `${context}/allowPrivilegeEscalation`,
  ),

  ...allowed('running as non-root', {
    [`${pod}/runAsNonRoot`]: undefined,
    [`${first}/securityContext/runAsNonRoot`]: true,
    [`${context}/runAsNonRoot`]: true,
  }),
  restrictedOnly('running as non-root', { [`${context}/runAsNonRoot`]: false }, `${context}/runAsNonRoot`),
  restrictedOnly(
    'running as non-root',
    { [`${pod}/runAsNonRoot`]: undefined, [`${first}/securityContext/runAsNonRoot`]: true },
    `${context}/runAsNonRoot`,
  ),
  restrictedOnly(
    'running as non-root',
    {
      [`${first}/securityContext/runAsNonRoot`]: true,
      [`${context}/runAsNonRoot`]: true,
      [`${pod}/runAsNonRoot`]: false,
    },
    `${pod}/runAsNonRoot`,
  ),
  ...allowed('running as non-root', { '/spec/hostUsers': false, [`${pod}/runAsNonRoot`]: false }),

  ...allowed('running as non-root user', { [`${pod}/runAsUser`]: undefined }, { [`${context}/runAsUser`]: 1 }),
  restrictedOnly('running as non-root user', { [`${pod}/runAsUser`]: 0 }, `${pod}/runAsUser`),
  restrictedOnly('running as non-root user', { [`${context}/runAsUser`]: 0 }, `${context}/runAsUser`),
  ...allowed('running as non-root user', { '/spec/hostUsers': false, [`${pod}/runAsUser`]: 0 }),

  ...allowed('what Windows has not', windows),
];
