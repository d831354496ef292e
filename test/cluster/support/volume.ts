// The volume of an installation, where no provisioner makes one.

/** One that a claim without a class can have; nothing is ever written to it. */
export function volumeFor(name: string): object {
  return {
    ...{ apiVersion: 'v1', kind: 'PersistentVolume' },
    metadata: { name, labels: { 'app.kubernetes.io/name': 'kubejobs' } },
    spec: { capacity: { storage: '10Gi' }, accessModes: ['ReadWriteOncePod'], hostPath: { path: '/nowhere' } },
  };
}
