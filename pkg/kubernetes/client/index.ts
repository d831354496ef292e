// The real API server as a Cluster.
export { type Connected, type ConnectOptions, connect } from './connect.ts';
export { KubeconfigError } from './kubeconfig-file.ts';
