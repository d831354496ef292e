// The controllers beside the queue, as `--controllers` has them: which run, and what they answer to the HTTP server.
import { HealthController, type HealthControllerDeps } from '../../internal/controllers/health/health-controller.ts';
import { HealthService } from '../../internal/controllers/health/service.ts';
import type { ControllerName } from '../../internal/platform/configuration.ts';
import type { Part } from '../../internal/platform/lifecycle.ts';

/** What `--controllers` says, or what runs when it says nothing: a dry run has nobody else's workloads to look at. */
export function chosenControllers(settings: {
  controllers: readonly ControllerName[] | undefined;
  dryRun: boolean;
}): ReadonlySet<ControllerName> {
  return new Set(settings.controllers ?? (settings.dryRun ? [] : ['health', 'podgroup', 'results']));
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
