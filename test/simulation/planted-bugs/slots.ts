// Who runs when, and who holds a slot for how long.
import type { Core } from '../../../internal/core/core.ts';
import { PriorityQueue } from '../../../internal/queue/priority-queue.ts';
import type { Tampering } from '../../../internal/simulation/world.ts';
import { onApply, type PlantedBug, saysMissing } from './tampering.ts';

/** The queue gives out its oldest entry, as a Map would. */
function orderedAsAMap(): Tampering {
  return {
    install: () => {
      const { pop } = PriorityQueue.prototype;
      PriorityQueue.prototype.pop = function (this: PriorityQueue) {
        const [first, ...others] = this.entries();
        const oldest = others.reduce((a, b) => (a && b.sequence < a.sequence ? b : a), first);
        if (oldest) this.remove(oldest.id);
        return oldest;
      };
      return () => {
        PriorityQueue.prototype.pop = pop;
      };
    },
  };
}

export const slotBugs: PlantedBug[] = [
  { name: 'jobs run in the order of a Map', plant: () => orderedAsAMap() },
  {
    name: 'one more than the cap may run',
    plant: () => ({ settings: (settings) => ({ ...settings, maxConcurrency: settings.maxConcurrency + 1 }) }),
  },
  {
    name: 'a position counts the job itself',
    plant: () =>
      onApply((_core, apply, event) => {
        const applied = apply(event);
        if (!applied.ok || !applied.accepted) return applied;
        return { ok: true, accepted: { ...applied.accepted, position: applied.accepted.position + 1 } };
      }),
  },
  {
    name: 'the slot of a cancelled job is free while a lost create of it may still land',
    onlyAfter: 'a reordering',
    plant: () =>
      onApply((core, apply, event) => {
        const job = saysMissing(event) ? core.running(event.jobId) : undefined;
        if (job) delete job.unknownAt;
        return apply(event);
      }),
  },
  {
    name: 'a cancel deletes before the create that is on its way was answered',
    onlyAfter: 'a reordering',
    plant: () =>
      onApply((core, apply, event) => {
        const job = event.kind === 'cancel_requested' ? core.running(event.jobId) : undefined;
        if (job?.call === 'create') job.call = 'none';
        return apply(event);
      }),
  },
  {
    name: 'a cancel frees the slot at once',
    plant: () =>
      onApply((core, apply, event) => {
        const applied = apply(event);
        if (event.kind !== 'cancel_requested' || !core.running(event.jobId)) return applied;
        const { attempt } = core.running(event.jobId) ?? { attempt: 1 };
        return apply({ kind: 'workload_missing', at: event.at, jobId: event.jobId, attempt });
      }),
  },
  {
    name: 'a quota refusal keeps the slot',
    plant: () => {
      let kept = 0;
      let last: Core | undefined;
      return onApply((core, apply, event) => {
        const job =
          event.kind === 'create_refused' && event.refusal === 'quota' ? core.running(event.jobId) : undefined;
        const applied = apply(event);
        const isRefused = job !== undefined && core.isPending(job.jobId);
        // A restart or a new cap gives none of them back.
        const isAnew = core !== last || (event.kind === 'settings_changed' && event.maxConcurrency !== undefined);
        if (isAnew) core.state.settings.maxConcurrency -= kept;
        if (isRefused) core.state.settings.maxConcurrency -= 1;
        kept += isRefused ? 1 : 0;
        last = core;
        return applied;
      });
    },
  },
];
