// One job, with all that the server tells of it, for people.
import type { AttemptDocument, JobDocument, TimelineDocument } from '../../../pkg/client/index.ts';
import { oneLine } from './io.ts';
import { type Column, tableLines } from './table.ts';

/** Lines without ends; what the job does not have is left out. So is its spec, which only `-o json` and `-o yaml` show. */
export function jobDetails(job: JobDocument): string[] {
  const { attempts = [], timeline = [], spec: _spec, ...fields } = job;
  const names = Object.keys(fields).map(title);
  const width = Math.max(...names.map((name) => name.length)) + 3;
  const lines = Object.entries(fields).map(([name, value]) => `${title(name)}:`.padEnd(width) + shown(value));
  return [
    ...lines,
    ...section('Attempts', attemptColumns, attempts),
    ...section('Timeline', timelineColumns, timeline),
  ];
}

const attemptColumns: ReadonlyArray<Column<AttemptDocument>> = [
  { heading: 'ATTEMPT', cell: ({ attempt }) => attempt },
  { heading: 'OUTCOME', cell: ({ outcome }) => outcome },
  { heading: 'REASON', cell: ({ reason }) => reason },
  { heading: 'EXIT', cell: ({ exit_code }) => exit_code },
  { heading: 'DISPATCHED', cell: ({ dispatched_at }) => dispatched_at },
  { heading: 'FINISHED', cell: ({ finished_at }) => finished_at },
  { heading: 'WORKLOAD', cell: ({ workload }) => `${workload.namespace}/${workload.name}` },
];

const timelineColumns: ReadonlyArray<Column<TimelineDocument>> = [
  { heading: 'AT', cell: ({ at }) => at },
  { heading: 'STATE', cell: ({ state }) => state },
  { heading: 'REASON', cell: ({ reason }) => reason },
  { heading: 'ATTEMPT', cell: ({ attempt }) => attempt },
  { heading: 'MESSAGE', cell: ({ message }) => message },
];

function section<T>(heading: string, columns: ReadonlyArray<Column<T>>, items: readonly T[]): string[] {
  if (items.length === 0) return [];
  return ['', `${heading}:`, ...tableLines(columns, items).map((line) => `  ${line}`)];
}

/** `queue_position` as `Queue position`. */
function title(field: string): string {
  return (field.charAt(0).toUpperCase() + field.slice(1)).replaceAll('_', ' ');
}

function shown(value: unknown): string {
  if (typeof value !== 'object' || value === null) return oneLine(String(value));
  if (Array.isArray(value)) return value.map(shown).join(', ');
  return Object.entries(value)
    .map(([key, each]) => `${oneLine(key)}=${shown(each)}`)
    .join(' ');
}
