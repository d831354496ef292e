// The health of workloads, ours and everyone else's: by kind, the unhealthy ones first, each down to its containers; and groups
// of pods that are to run together, with who is missing.
import './workloads.css';
import { useEffect } from 'preact/hooks';
import { Kinds } from './kinds.tsx';
import { PodGroups } from './pod-groups.tsx';
import { WorkloadList } from './workload-list.tsx';
import { followWorkloads, notTold } from './workloads-state.ts';

export function WorkloadsView() {
  useEffect(followWorkloads, []);
  return (
    <>
      <h1>Workloads</h1>
      {notTold.value !== '' && (
        <p class="card quiet" role="status">
          {notTold.value}
        </p>
      )}
      {notTold.value === '' && (
        <>
          <Kinds />
          <WorkloadList />
        </>
      )}
      <PodGroups />
    </>
  );
}
