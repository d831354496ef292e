// Puts the controller of pod groups together with what only the queue knows: which of its jobs run, and in which order they
// give way. Off, it labels nothing and shows nothing.
import type { GiveWay } from '../../internal/controllers/podgroup/deadlock-watch.ts';
import {
  PodGroupController,
  type PodGroupControllerDeps,
} from '../../internal/controllers/podgroup/podgroup-controller.ts';
import { PodGroupService } from '../../internal/controllers/podgroup/service.ts';
import type { Core } from '../../internal/core/core.ts';
import type { GiveWayRequested } from '../../internal/core/events.ts';
import type { Clock } from '../../internal/platform/clock.ts';
import { type Configuration, ConfigurationError, type serveOptions } from '../../internal/platform/configuration.ts';
import type { Part } from '../../internal/platform/lifecycle.ts';

/** How jobs of the queue are asked to give way. */
export function givingWay(
  core: () => Pick<Core, 'running'>,
  clock: Pick<Clock, 'now'>,
  emit: (event: GiveWayRequested) => void,
): GiveWay {
  return {
    giveWay: (jobId, attempt, message) =>
      emit({ kind: 'give_way_requested', at: clock.now(), jobId, attempt, message }),
    priorityOf(jobId, attempt) {
      const job = core().running(jobId);
      return job?.attempt === attempt ? { priority: job.priority, sequence: job.sequence } : undefined;
    },
  };
}

type Settings = Pick<
  Configuration<typeof serveOptions>,
  'podgroupNameLabel' | 'podgroupReadyLabel' | 'gangDeadlockAfter' | 'gangDeadlockResolve'
>;

/** Throws a ConfigurationError when one label is to be both. */
export function podGroupLabels(settings: Pick<Settings, 'podgroupNameLabel' | 'podgroupReadyLabel'>): {
  name: string;
  ready: string;
} {
  const labels = { name: settings.podgroupNameLabel, ready: settings.podgroupReadyLabel };
  if (labels.name !== labels.ready) return labels;
  throw new ConfigurationError(
    `--podgroup-name-label and --podgroup-ready-label are both ${labels.name}; they must differ`,
  );
}

/** Throws a ConfigurationError when one label is to be both. Without a service when it is off. */
export function assemblePodGroups(
  isOn: boolean,
  settings: Settings,
  { giveWay, ...deps }: Omit<PodGroupControllerDeps, 'labels' | 'deadlockAfterMs'>,
): { service: PodGroupService | undefined; part: Part } {
  const labels = podGroupLabels(settings);
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
