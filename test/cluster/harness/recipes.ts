/**
 * What the cluster is made of and how each binary is compiled. The versions are in the go.mod files beside this folder;
 * only the version that Kubernetes' binaries report about themselves has to be repeated here.
 */

const kubernetesVersion = { major: '1', minor: '36', full: 'v1.36.3' };

export type ModuleName = 'etcd' | 'kubernetes' | 'kwok' | 'containerd' | 'training-operator' | 'prometheus' | 'helm';

export interface Recipe {
  /** The folder of the go.mod. */
  module: ModuleName;
  package: string;
  ldflags: string;
  tags: string;
  /** On two cores with an empty build cache, in this order; told to whoever waits. */
  usualSeconds: number;
}

const versionPackage = 'k8s.io/component-base/version';
const kubernetesFlags = [
  '-s -w',
  `-X ${versionPackage}.gitVersion=${kubernetesVersion.full}`,
  `-X ${versionPackage}.gitMajor=${kubernetesVersion.major}`,
  `-X ${versionPackage}.gitMinor=${kubernetesVersion.minor}`,
].join(' ');

function plain(module: ModuleName, path: string, usualSeconds: number, tags = ''): Recipe {
  return { module, package: path, ldflags: '-s -w', tags, usualSeconds };
}

function kubernetes(command: string, usualSeconds: number): Recipe {
  return { ...plain('kubernetes', `k8s.io/kubernetes/cmd/${command}`, usualSeconds), ldflags: kubernetesFlags };
}

function containerd(command: string, usualSeconds: number): Recipe {
  const path = `github.com/containerd/containerd/v2/cmd/${command}`;
  return plain('containerd', path, usualSeconds, 'no_btrfs,no_zfs,no_devmapper');
}

/** As its own releases are built: of which Kubernetes its client is. */
const helmFlags = [
  '-s -w',
  '-X helm.sh/helm/v3/internal/version.version=v3.22.0',
  `-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=${kubernetesVersion.major}`,
  `-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=${kubernetesVersion.minor}`,
  `-X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor=${kubernetesVersion.major}`,
  `-X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor=${kubernetesVersion.minor}`,
].join(' ');

const all = {
  etcd: plain('etcd', 'go.etcd.io/etcd/server/v3', 35),
  'kube-apiserver': kubernetes('kube-apiserver', 185),
  'kube-controller-manager': kubernetes('kube-controller-manager', 47),
  'kube-scheduler': kubernetes('kube-scheduler', 4),
  kubectl: kubernetes('kubectl', 15),
  kwok: plain('kwok', 'sigs.k8s.io/kwok/cmd/kwok', 66),
  kubelet: kubernetes('kubelet', 20),
  containerd: containerd('containerd', 45),
  ctr: containerd('ctr', 3),
  'containerd-shim-runc-v2': containerd('containerd-shim-runc-v2', 3),
  'training-operator': plain(
    'training-operator',
    'github.com/kubeflow/training-operator/cmd/training-operator.v1',
    135,
  ),
  promtool: plain('prometheus', 'github.com/prometheus/prometheus/cmd/promtool', 240),
  helm: { ...plain('helm', 'helm.sh/helm/v3/cmd/helm', 95), ldflags: helmFlags },
} as const;

export type BinaryName = keyof typeof all;

/** In an order in which what is compiled for one helps the next. */
export const recipes: Readonly<Record<BinaryName, Recipe>> = all;

export const controlPlaneBinaries = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
] as const satisfies BinaryName[];

export const realNodeBinaries = [
  'kubelet',
  'containerd',
  'ctr',
  'containerd-shim-runc-v2',
] as const satisfies BinaryName[];
