// The controllers beside the queue, as `--controllers` has them: which run, and what they answer to the HTTP server.
import { HealthController, type HealthControllerDeps } from '../../internal/controllers/health/health-controller.ts';
import { HealthService } from '../../internal/controllers/health/service.ts';
import { JobSetController, type JobSetControllerDeps } from '../../internal/controllers/jobset/jobset-controller.ts';
import { JobSetSwitch } from '../../internal/controllers/jobset/jobset-switch.ts';
import { type ControllerName, controllerNames } from '../../internal/platform/configuration.ts';
import type { Part } from '../../internal/platform/lifecycle.ts';
import type { Discovery } from '../../pkg/kubernetes/discovery.ts';

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

/** It runs where the cluster's JobSets are ours; that they are not is a warning only when somebody asked for it. */
export function assembleJobSets(
  settings: { controllers: readonly ControllerName[] | undefined; dryRun: boolean },
  deps: JobSetControllerDeps & { discovery: Discovery },
): Part {
  const name = 'jobset controller';
  if (!chosenControllers(settings).has('jobset')) return { name };
  const isAskedFor = settings.controllers?.includes('jobset') === true;
  const jobSets = new JobSetSwitch({ ...deps, isAskedFor, controller: () => new JobSetController(deps) });
  return { name, start: () => jobSets.start(), stop: () => jobSets.stop() };
}
