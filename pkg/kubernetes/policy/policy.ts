// What the operator lets jobs do: a level of the Pod Security Standards, the namespaces, and what is allowed beyond
// the level. Plain data; where it comes from is policy-document.ts and the program's options, what it means is rules/.

export const podSecurityLevels = ['baseline', 'restricted', 'privileged'] as const;
export type PodSecurityLevel = (typeof podSecurityLevels)[number];

/** A folder or file of the node, and all below it. */
export interface AllowedHostPath {
  /** Absolute. */
  path: string;
  readOnly: boolean;
}

export interface Allowances {
  /** Beside `default`; `*` is any. */
  serviceAccounts: readonly string[];
  hostPaths: readonly AllowedHostPath[];
  /** Without the prefix CAP_, as in a container's securityContext. */
  capabilities: readonly string[];
  sysctls: readonly string[];
  hostNetwork: boolean;
  hostPid: boolean;
  hostIpc: boolean;
  hostPorts: boolean;
  nodeName: boolean;
}

export interface Policy {
  podSecurity: PodSecurityLevel;
  namespaces: 'any' | readonly string[];
  /** Absent: images may come from anywhere. Each begins with the registry's host. */
  imagePrefixes?: readonly string[];
  allow: Allowances;
}

export const nothingMore: Allowances = {
  serviceAccounts: [],
  hostPaths: [],
  capabilities: [],
  sysctls: [],
  hostNetwork: false,
  hostPid: false,
  hostIpc: false,
  hostPorts: false,
  nodeName: false,
};

/** What holds when nobody says anything. */
export function defaultPolicy(ownNamespace: string): Policy {
  return { podSecurity: 'baseline', namespaces: [ownNamespace], allow: nothingMore };
}
