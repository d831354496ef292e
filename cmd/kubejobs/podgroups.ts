// Puts the controller of pod groups together with what only the queue knows: which of its jobs run, and in which order they
// give way. Off, it labels nothing and shows nothing.
import {
  PodGroupController,
  type PodGroupControllerDeps,
} from '../../internal/controllers/podgroup/podgroup-controller.ts';
import { PodGroupService } from '../../internal/controllers/podgroup/service.ts';
import { type Configuration, ConfigurationError, type serveOptions } from '../../internal/platform/configuration.ts';
import type { Part } from '../../internal/platform/lifecycle.ts';

type Settings = Pick<
  Configuration<typeof serveOptions>,
  'podgroupNameLabel' | 'podgroupReadyLabel' | 'gangDeadlockAfter' | 'gangDeadlockResolve'
>;

/** Throws a ConfigurationError when one label is to be both. Without a service when it is off. */
export function assemblePodGroups(
  isOn: boolean,
  settings: Settings,
  { giveWay, ...deps }: Omit<PodGroupControllerDeps, 'labels' | 'deadlockAfterMs'>,
): { service: PodGroupService | undefined; part: Part } {
  const labels = { name: settings.podgroupNameLabel, ready: settings.podgroupReadyLabel };
  if (labels.name === labels.ready)
    throw new ConfigurationError(
      `--podgroup-name-label and --podgroup-ready-label are both ${labels.name}; they must differ`,
    );
  if (!isOn) return { service: undefined, part: { name: 'podgroup controller' } };
  const resolving = settings.gangDeadlockResolve && giveWay ? { giveWay } : {};
  const controller = new PodGroupController({
    ...deps,
    ...resolving,
    labels,
    deadlockAfterMs: settings.gangDeadlockAfter,
  });
  const part = { name: 'podgroup controller', start: () => controller.start(), stop: () => controller.stop() };
  return { service: new PodGroupService(controller), part };
}
