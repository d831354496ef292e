// What `kubejobs monitor` prints: a document for each workload, one on each line, or a table with the unhealthy ones first.
import { notFoundDocument } from '../../internal/controllers/health/documents.ts';
import type { HealthController } from '../../internal/controllers/health/health-controller.ts';
import type { WatchedKind } from '../../internal/controllers/health/records.ts';
import type { WorkloadSummary } from '../../internal/controllers/health/summary.ts';
import { type Io, note, write } from './cli/io.ts';
import { type Column, countsText, tableLines } from './cli/table.ts';
import type { MonitorFlags } from './monitor-command.ts';
import { kindsOf, type Target } from './monitor-targets.ts';

type Row = Pick<WorkloadSummary, 'kind' | 'name'> & Partial<WorkloadSummary>;

const columns: ReadonlyArray<Column<Row>> = [
  { heading: 'KIND', cell: ({ kind }) => kind },
  { heading: 'NAME', cell: ({ name }) => name },
  { heading: 'STATE', cell: ({ state }) => state ?? 'NotFound' },
  { heading: 'HEALTHY', cell: ({ healthy }) => (healthy === undefined ? undefined : healthy ? 'yes' : 'no') },
  { heading: 'REASON', cell: ({ reason }) => reason },
  { heading: 'PODS', cell: ({ pods = {} }) => countsText(pods) },
];
const wide: ReadonlyArray<Column<Row>> = [
  ...columns,
  { heading: 'JOBS', cell: ({ jobs = {} }) => countsText(jobs) },
  { heading: 'OWNER', cell: ({ owner }) => owner && `${owner.kind}/${owner.name}` },
  { heading: 'MESSAGE', cell: ({ message }) => message },
];

export class MonitorPrinter {
  readonly #io: Io;
  readonly #flags: Pick<MonitorFlags, 'namespace' | 'output'>;
  readonly #controller: HealthController;
  readonly #targets: Target[] | 'all';
  /** What was printed last, by workload, or of the table under its own name. */
  #printed = new Map<string, string>();
  #noted = new Set<string>();
  #silence: string | undefined;

  constructor(io: Io, flags: MonitorFlags, controller: HealthController, targets: Target[] | 'all') {
    this.#io = io;
    this.#flags = flags;
    this.#controller = controller;
    this.#targets = targets;
  }

  async print(): Promise<void> {
    this.#printed.clear();
    await this.printChanges();
  }

  /** Documents that are new or differ from what was printed; a table when anything in it does. */
  async printChanges(): Promise<void> {
    this.#noteUnavailable();
    const format = this.#flags.output ?? (this.#io.stdout.isTTY ? 'table' : 'json');
    const texts = format === 'json' ? this.#documents() : this.#table(format === 'wide' ? wide : columns);
    for (const [key, text] of texts) if (this.#printed.get(key) !== text) await write(this.#io, text);
    if (format === 'json') for (const text of this.#gone(texts)) await write(this.#io, text);
    this.#printed = texts;
  }

  /** Of those that were printed last time and are no longer there; one that its JobSet shows now is. */
  #gone(texts: ReadonlyMap<string, string>): string[] {
    const { namespace } = this.#flags;
    return [...this.#printed.keys()].flatMap((key) => {
      const [kind = '', name = ''] = key.split('/');
      if (texts.has(key) || this.#controller.index.summary(kind, namespace, name)) return [];
      return `${JSON.stringify(notFoundDocument(kind as WatchedKind, name))}\n`;
    });
  }

  #documents(): Map<string, string> {
    const { namespace } = this.#flags;
    const texts = this.#rows().map(({ kind, name }): [string, string] => {
      const document = this.#controller.index.document(kind, namespace, name) ?? notFoundDocument(kind, name);
      return [`${kind}/${name}`, `${JSON.stringify(document)}\n`];
    });
    return new Map(texts);
  }

  #table(shown: ReadonlyArray<Column<Row>>): Map<string, string> {
    const rows = this.#rows();
    const text = rows.length === 0 ? 'no workloads\n' : `${tableLines(shown, rows).join('\n')}\n`;
    return new Map([['table', this.#io.stdout.isTTY ? `${text}\n` : text]]);
  }

  /** The unhealthy ones first; then by kind and name, but the named ones as they were named. */
  #rows(): Row[] {
    const { index } = this.#controller;
    const { namespace } = this.#flags;
    const rows: Row[] =
      this.#targets === 'all'
        ? this.#all().sort(byKindAndName)
        : this.#targets.map(({ kind, name }) => index.summary(kind, namespace, name) ?? { kind, name });
    return [...rows.filter(({ healthy }) => healthy === false), ...rows.filter(({ healthy }) => healthy !== false)];
  }

  /** Without the Jobs that stand in the document of their JobSet. */
  #all(): Row[] {
    const { index } = this.#controller;
    const all = [...index.summaries()].map(({ summary }) => summary);
    return all.filter(
      ({ owner, namespace }) =>
        owner?.kind !== 'JobSet' || index.summary('JobSet', namespace, owner.name) === undefined,
    );
  }

  /** When news stops coming, and when it comes again. */
  noteSilence(): void {
    const silence = this.#controller.silenceOf(kindsOf(this.#targets));
    if ((silence === undefined) === (this.#silence === undefined)) return;
    this.#silence = silence;
    const words =
      silence === undefined
        ? 'the API server answers again'
        : `the API server cannot be reached: ${silence}; what is shown was seen before, and it is tried again`;
    note(this.#io, `kubejobs: ${words}`);
  }

  /** Once for each reason, of kinds that are asked for. */
  #noteUnavailable(): void {
    for (const { kind, message } of this.#controller.availability()) {
      const isAskedFor = this.#targets === 'all' || this.#targets.some((target) => target.kind === kind);
      if (message === undefined || !isAskedFor || this.#noted.has(message)) continue;
      this.#noted.add(message);
      note(this.#io, `kubejobs: no ${kind} can be seen: ${message}`);
    }
  }
}

function byKindAndName(a: Row, b: Row): number {
  return compare(a.kind, b.kind) || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
