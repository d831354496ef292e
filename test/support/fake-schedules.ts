// A ScheduleService for tests of the HTTP side: schedules in a map, without any times of their own.
import type { ScheduleService, ScheduleView } from '../../pkg/api/schedule-service.ts';
import type { Page, PageRequest } from '../../pkg/api/service.ts';
import { accepted, type Refusal, refused, type ScheduleSettings } from '../../pkg/models/index.ts';

const createdAt = Date.parse('2026-11-04T09:30:00.000Z');

export class FakeSchedules implements ScheduleService {
  readonly stored = new Map<string, ScheduleView>();
  /** When set, every write is refused with it. */
  refusal: Refusal | undefined;

  /** As if it were new. */
  reset(): void {
    this.stored.clear();
    this.refusal = undefined;
  }

  async create(name: string, settings: ScheduleSettings) {
    if (this.refusal) return { ok: false as const, refusal: this.refusal };
    const scheduleId = '019a4e0c-5d6f-7a31-9c42-0c8f6e1b2d3b';
    const bare = { createdAt, consideredUpTo: createdAt, activeJobIds: [], missedRuns: 0 };
    this.stored.set(name, { scheduleId, name, ...settings, ...bare });
    return this.#found(name);
  }

  async change(name: string, changes: Partial<ScheduleSettings>) {
    if (this.refusal) return { ok: false as const, refusal: this.refusal };
    const schedule = this.stored.get(name);
    if (schedule) Object.assign(schedule, changes);
    return this.#found(name);
  }

  async remove(name: string) {
    const answer = this.#found(name);
    this.stored.delete(name);
    return answer;
  }

  schedule(name: string): ScheduleView | undefined {
    return this.stored.get(name);
  }

  schedules({ limit, after: [skip = 0] = [] }: PageRequest): Page<ScheduleView> {
    const items = [...this.stored.values()].slice(skip, skip + limit);
    const next = skip + limit;
    return { items, total: this.stored.size, ...(next < this.stored.size && { next: [next] }) };
  }

  #found(name: string) {
    const schedule = this.stored.get(name);
    return schedule ? accepted(schedule) : refused('schedule_not_found', `There is no schedule ${name}.`);
  }
}
