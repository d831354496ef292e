// The controllers beside the queue, as `--controllers` has them: which run, and what they answer to the HTTP server.
import { HealthController, type HealthControllerDeps } from '../../internal/controllers/health/health-controller.ts';
import { HealthService } from '../../internal/controllers/health/service.ts';
import { JobSetController, type JobSetControllerDeps } from '../../internal/controllers/jobset/jobset-controller.ts';
import { JobSetSwitch } from '../../internal/controllers/jobset/jobset-switch.ts';
import { type ControllerName, controllerNames } from '../../internal/platform/configuration.ts';
import type { Part } from '../../internal/platform/lifecycle.ts';
import type { KubernetesObject } from '../../pkg/kubernetes/cluster.ts';
import type { Discovery } from '../../pkg/kubernetes/discovery.ts';
import { jobSetKind } from '../../pkg/models/index.ts';

/** What `--controllers` says, or what runs when it says nothing: a dry run has nobody else's workloads to look at. */
export function chosenControllers(settings: {
  controllers: readonly ControllerName[] | undefined;
  dryRun: boolean;
}): ReadonlySet<ControllerName> {
  return new Set(settings.controllers ?? (settings.dryRun ? [] : controllerNames));
}

/** Without a service when it is off. */
export function assembleHealth(
  isOn: boolean,
  deps: HealthControllerDeps,
): { service: HealthService | undefined; part: Part } {
  if (!isOn) return { service: undefined, part: { name: 'health controller' } };
  const controller = new HealthController(deps);
  const part = { name: 'health controller', start: () => controller.start(), stop: () => controller.stop() };
  return { service: new HealthService(controller), part };
}

export interface JobSetSide {
  part: Part;
  /** Why a workload of this kind would have nobody to run it, if it is a JobSet; looks afresh. */
  unrunnable(kind: string): Promise<string | undefined>;
  /** The same of what is about to be made, as it was when it was last looked at. */
  forbids(object: KubernetesObject): string | undefined;
}

const switchedOff = 'JobSets are not run by this server: its controller is off; start it with jobset in --controllers';

/** It runs where the cluster's JobSets are ours; that they are not is a warning only when somebody asked for it. */
export function assembleJobSets(
  settings: { controllers: readonly ControllerName[] | undefined; dryRun: boolean },
  deps: JobSetControllerDeps & { discovery: Discovery },
): JobSetSide {
  const name = 'jobset controller';
  if (!chosenControllers(settings).has('jobset')) {
    // A simulated cluster runs them itself.
    const problem = (kind: string) => (kind === jobSetKind && !settings.dryRun ? switchedOff : undefined);
    return { part: { name }, unrunnable: async (kind) => problem(kind), forbids: ({ kind }) => problem(kind) };
  }
  const isAskedFor = settings.controllers?.includes('jobset') === true;
  const jobSets = new JobSetSwitch({ ...deps, isAskedFor, controller: () => new JobSetController(deps) });
  return {
    part: { name, start: () => jobSets.start(), stop: () => jobSets.stop() },
    unrunnable: async (kind) => (kind === jobSetKind && !settings.dryRun ? jobSets.obstacleNow() : undefined),
    forbids: ({ kind }) => (kind === jobSetKind && !settings.dryRun ? jobSets.obstacle : undefined),
  };
}
