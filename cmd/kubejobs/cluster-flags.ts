// The flags of commands that ask a cluster themselves.
import type { Option } from 'commander';
import { flag, text } from './cli/flags.ts';

export interface ClusterFlags {
  kubeconfig?: string;
  context?: string;
}

export function clusterFlags(): Option[] {
  const kubeconfig = 'kubeconfig (default $KUBECONFIG, ~/.kube/config, or the in-cluster account)';
  return [
    flag('--kubeconfig <FILE>', kubeconfig, 'a file', text),
    flag('--context <NAME>', 'context of the kubeconfig', 'a name', text),
  ];
}
