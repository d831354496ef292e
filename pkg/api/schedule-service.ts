// What the HTTP server needs from whoever owns the schedules. Like the JobService it refuses with values.
import type { Answer, Schedule, ScheduleSettings } from '../models/index.ts';
import type { Page, PageRequest } from './service.ts';

/** A schedule with its next run; a suspended one has none. */
export interface ScheduleView extends Schedule {
  nextRunAt?: number;
}

export interface ScheduleService {
  create(name: string, settings: ScheduleSettings): Promise<Answer<ScheduleView>>;
  /** What is absent stays. */
  change(name: string, changes: Partial<ScheduleSettings>): Promise<Answer<ScheduleView>>;
  /** Answers with the schedule as it was; its jobs are not touched. */
  remove(name: string): Promise<Answer<ScheduleView>>;
  schedule(name: string): ScheduleView | undefined;
  /** In the order of their names. */
  schedules(page: PageRequest): Page<ScheduleView>;
}
