// Running jobs that give way to others.
import { onApply, type PlantedBug, saysMissing } from './tampering.ts';

export const givingWayBugs: PlantedBug[] = [
  {
    name: 'a job that gives way frees its slot before its workload is gone',
    plant: () =>
      onApply((core, apply, event) => {
        const applied = apply(event);
        if (event.kind !== 'give_way_requested' || core.running(event.jobId)?.ending?.state !== 'gave_way')
          return applied;
        return apply({ kind: 'workload_missing', at: event.at, jobId: event.jobId, attempt: event.attempt });
      }),
  },
  {
    name: 'giving way counts as a retry',
    plant: () =>
      onApply((core, apply, event) => {
        const job = 'jobId' in event ? core.running(event.jobId) : undefined;
        const before = job?.rules;
        const isToGiveWay = event.kind === 'give_way_requested' || job?.ending?.state === 'gave_way';
        const isForgotten = job !== undefined && !isToGiveWay && before?.gaveWayTimes !== undefined;
        if (isForgotten) job.rules = { ...before, gaveWayTimes: 0 };
        const applied = apply(event);
        if (isForgotten) job.rules = before;
        return applied;
      }),
  },
  {
    name: 'a job that gives way fails when its workload is gone',
    plant: () =>
      onApply((core, apply, event) => {
        const job = saysMissing(event) ? core.running(event.jobId) : undefined;
        if (job?.ending?.state === 'gave_way') job.ending = { state: 'failed', reason: 'workload_deleted' };
        return apply(event);
      }),
  },
  {
    name: 'a job that gave way does not wait before it runs again',
    plant: () =>
      onApply((core, apply, event) => {
        const job = saysMissing(event) ? core.running(event.jobId) : undefined;
        const gives = job?.ending?.state === 'gave_way';
        const applied = apply(event);
        const waiting = job && gives ? core.state.waiting.get(job.jobId) : undefined;
        if (!waiting) return applied;
        waiting.startAt = event.at;
        core.state.timers.add(event.at, waiting.jobId);
        return applied;
      }),
  },
];
