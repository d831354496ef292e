// The status that a pass leaves behind, and the events that tell of it. Owns how a condition is changed: one that is as it
// was stays untouched with its time, one that was never True is not added as False, and of two that exclude each other the
// new True turns the other False.
import type {
  JobSetCondition,
  JobSetConditionType,
  JobSetReason,
  JobSetStatus,
  TerminalState,
} from '../../../pkg/models/index.ts';
import { type Counts, sameCounts } from './counts.ts';
import type { PlannedEvent } from './plan.ts';

interface Change {
  type: JobSetConditionType;
  status: 'True' | 'False';
  reason: JobSetReason;
  message: string;
  event: PlannedEvent['type'];
}

const exclusive: ReadonlySet<JobSetConditionType> = new Set(['StartupPolicyInProgress', 'StartupPolicyCompleted']);

export class StatusDraft {
  readonly events: PlannedEvent[] = [];
  readonly #status: JobSetStatus;
  readonly #at: string;
  readonly #version: string;
  #changed = false;
  finished: TerminalState | undefined;

  /** `version` of the JobSet that the pass began with: what is told of it is told once. */
  constructor(status: JobSetStatus, nowMs: number, version: string) {
    this.#version = version;
    this.#status = { ...status, conditions: [...(status.conditions ?? [])] };
    this.#at = wireTime(nowMs);
  }

  get restarts(): number {
    return this.#status.restarts ?? 0;
  }

  get restartsCountTowardsMax(): number {
    return this.#status.restartsCountTowardsMax ?? 0;
  }

  count(counts: Counts): void {
    if (sameCounts(this.#status.replicatedJobsStatus, counts)) return;
    this.#status.replicatedJobsStatus = [...counts.values()];
    this.#changed = true;
  }

  condition(change: Change): void {
    const { conditions = [] } = this.#status;
    const known = conditions.findIndex(({ type }) => type === change.type);
    if (known < 0 ? change.status === 'False' : conditions[known]?.status === change.status) return;
    const { type, status, reason, message, event } = change;
    if (status === 'True' && exclusive.has(type)) this.#endOthers(conditions, type);
    const next: JobSetCondition = { type, status, reason, message, lastTransitionTime: this.#at };
    if (known < 0) conditions.push(next);
    else conditions[known] = next;
    this.#changed = true;
    this.#tell({ type: event, reason, message, occasion: `${this.#version}/${this.#at}` });
  }

  finish(state: TerminalState, reason: JobSetReason, message: string): void {
    const event = state === 'Completed' ? 'Normal' : 'Warning';
    this.condition({ type: state, status: 'True', reason, message, event });
    this.#status.terminalState = state;
    this.finished = state;
  }

  restart(counts: boolean, reason: PlannedEvent['reason'], message: string): void {
    this.#status.restarts = this.restarts + 1;
    if (counts) this.#status.restartsCountTowardsMax = this.restartsCountTowardsMax + 1;
    this.#changed = true;
    this.#tell({ type: 'Warning', reason, message, occasion: String(this.restarts) });
  }

  /** Undefined when nothing has changed. */
  result(): JobSetStatus | undefined {
    return this.#changed ? { ...this.#status, restarts: this.restarts } : undefined;
  }

  #endOthers(conditions: JobSetCondition[], type: JobSetConditionType): void {
    for (const [index, other] of conditions.entries())
      if (other.type !== type && exclusive.has(other.type) && other.status === 'True')
        conditions[index] = { ...other, status: 'False', lastTransitionTime: this.#at };
  }

  #tell(event: PlannedEvent): void {
    this.events.push(event);
  }
}

/** RFC 3339 with whole seconds, as the API server keeps times. */
export function wireTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
