// Which workloads `kubejobs monitor` shows: those that its flags name, all of the namespace, or the two of the default names.
import type { WatchedKind } from '../../internal/controllers/health/records.ts';
import { defaultJobSet, defaultPyTorchJob, type MonitorFlags } from './monitor-command.ts';

export interface Target {
  kind: WatchedKind;
  name: string;
}

/** Without these, nothing can be said of the targets. Who asks for all is told of what is missing, and gets the rest. */
export function kindsOf(targets: Target[] | 'all'): WatchedKind[] {
  return targets === 'all' ? ['Job'] : targets.map(({ kind }) => kind);
}

type Choice = Pick<MonitorFlags, 'jobset' | 'pytorchjob' | 'job' | 'all'>;

export function targetsOf({ jobset, pytorchjob, job, all }: Choice): Target[] | 'all' {
  if (all) return 'all';
  const named: Target[] = [];
  if (jobset !== undefined) named.push({ kind: 'JobSet', name: jobset === true ? defaultJobSet : jobset });
  if (pytorchjob !== undefined) {
    named.push({ kind: 'PyTorchJob', name: pytorchjob === true ? defaultPyTorchJob : pytorchjob });
  }
  if (job !== undefined) named.push({ kind: 'Job', name: job });
  if (named.length > 0) return named;
  return [
    { kind: 'JobSet', name: defaultJobSet },
    { kind: 'PyTorchJob', name: defaultPyTorchJob },
  ];
}
