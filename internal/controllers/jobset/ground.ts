// Whether this cluster's JobSets are ours to run: its CRD carries the mark of `kubejobs install crds`, and no webhook of
// another JobSet operator is there. Everything else is named as it was found, and left alone.
import type { ApiResult, Cluster } from '../../../pkg/kubernetes/cluster.ts';
import type { Discovery } from '../../../pkg/kubernetes/discovery.ts';
import { jobSetInstallation, jobSetsResource } from '../../../pkg/kubernetes/jobset-installation.ts';
import { jobSetCrdName } from '../../../pkg/models/index.ts';

export const grounds = ['ours', 'no_crd', 'another', 'unreadable'] as const;
export type Ground = (typeof grounds)[number];

export interface Finding {
  ground: Ground;
  /** What was found, and what to do about it; empty when all is well. */
  message: string;
  /** It was not answered at all, or not now; nothing follows from that. */
  isPassing?: true;
}

/** Needs no right to anything where there are no JobSets. */
export async function lookAtGround(cluster: Cluster, discovery: Discovery): Promise<Finding> {
  const served = await discovery.serves(jobSetsResource);
  if (served.outcome !== 'ok') return unreadable(served);
  if (!served.value) return noCrd;
  const found = await jobSetInstallation(cluster);
  if (found.outcome !== 'ok') return unreadable(found);
  switch (found.value.owner) {
    case 'nobody':
      return noCrd;
    case 'kubejobs':
      return { ground: 'ours', message: '' };
    case 'another':
      return { ground: 'another', message: `there is ${found.value.what}: ${leaveThem}` };
  }
}

const leaveThem =
  'JobSets are left to whoever installed it; uninstall that, then kubejobs install crds makes them those of kubejobs';

const noCrd: Finding = {
  ground: 'no_crd',
  message: `there is no CRD ${jobSetCrdName}; kubejobs install crds makes it`,
};

function unreadable(answer: Exclude<ApiResult<never>, { outcome: 'ok' }>): Finding {
  const advice = 'deploy/rbac/jobset-lookups.yaml has the rights to ask';
  const message = `the API server does not say whose the JobSets are: ${answer.message}; ${advice}`;
  const isFinal = answer.outcome === 'refused' && answer.status === 403;
  return { ground: 'unreadable', message, ...(!isFinal && { isPassing: true }) };
}
