// Whether this cluster's JobSets are ours to run: its CRD carries the mark of `kubejobs install crds`, and no webhook of
// another JobSet operator is there. Everything else is named as it was found, and left alone.
import type { Cluster } from '../../../pkg/kubernetes/cluster.ts';
import type { Discovery } from '../../../pkg/kubernetes/discovery.ts';
import { jobSetInstallation, jobSetsResource } from '../../../pkg/kubernetes/jobset-installation.ts';
import { jobSetCrdName } from '../../../pkg/models/index.ts';

export const grounds = ['ours', 'no_crd', 'another', 'unreadable'] as const;
export type Ground = (typeof grounds)[number];

export interface Finding {
  ground: Ground;
  /** What was found, and what to do about it; empty when all is well. */
  message: string;
}

/** Needs no right to anything where there are no JobSets. */
export async function lookAtGround(cluster: Cluster, discovery: Discovery): Promise<Finding> {
  const served = await discovery.serves(jobSetsResource);
  if (served.outcome !== 'ok') return unreadable(served.message);
  if (!served.value) return noCrd;
  const found = await jobSetInstallation(cluster);
  if (found.outcome !== 'ok') return unreadable(found.message);
  switch (found.value.owner) {
    case 'nobody':
      return noCrd;
    case 'kubejobs':
      return { ground: 'ours', message: '' };
    case 'another':
      return { ground: 'another', message: `there is ${found.value.what}: JobSets are left to whoever installed it` };
  }
}

const noCrd: Finding = {
  ground: 'no_crd',
  message: `there is no CRD ${jobSetCrdName}; kubejobs install crds makes it`,
};

function unreadable(message: string): Finding {
  const advice = 'deploy/rbac/jobset-lookups.yaml has the rights to ask';
  return { ground: 'unreadable', message: `the API server does not say whose the JobSets are: ${message}; ${advice}` };
}
