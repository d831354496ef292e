// Who lives where, and whom they may import: the one table behind docs/architecture.md and imports.test.ts.
// To change a rule, change it here and in the docs, and say why in the commit.

/** What a row may name; `typesOnly` narrows it to `import type`. */
export interface ImportTarget {
  /** As the table in the docs says it. */
  words: string;
  /** A folder (ends in `/`) or a file. */
  path: string;
  typesOnly?: boolean;
}

const models: ImportTarget = { words: 'models', path: 'pkg/models/' };
const kubernetes: ImportTarget = { words: 'kubernetes', path: 'pkg/kubernetes/' };
const queue: ImportTarget = { words: 'queue', path: 'internal/queue/' };
const core: ImportTarget = { words: 'core', path: 'internal/core/' };
const coreTypes: ImportTarget = { words: 'core’s types', path: 'internal/core/', typesOnly: true };
const engine: ImportTarget = { words: 'engine', path: 'internal/engine/' };
const storeInterface: ImportTarget = { words: 'the store’s interface', path: 'internal/store/store.ts' };
const memoryStore: ImportTarget = { words: 'the memory store', path: 'internal/store/memory.ts' };
const dispatcher: ImportTarget = { words: 'dispatcher', path: 'internal/dispatcher/' };
const controllers: ImportTarget = { words: 'controllers', path: 'internal/controllers/' };
const client: ImportTarget = { words: 'client', path: 'pkg/client/' };
const platform: ImportTarget = { words: 'platform’s interfaces', path: 'internal/platform/' };

export interface FolderRule {
  folder: string;
  holds: string;
  mayImport: readonly ImportTarget[] | 'everything';
  /** The only packages and Node modules it may use; absent means any that has no other home. */
  packages?: readonly string[];
}

export const folderRules: readonly FolderRule[] = [
  {
    folder: 'cmd/kubejobs/',
    holds: 'the program: one file per subcommand, wiring, ordered start and stop',
    mayImport: 'everything',
  },
  {
    folder: 'pkg/models/',
    holds: 'the nouns: job, workload, states and their transition table, error catalogue; plain data',
    mayImport: [],
    packages: [],
  },
  { folder: 'pkg/client/', holds: 'typed HTTP client for the command line and other programs', mayImport: [models] },
  {
    folder: 'pkg/api/',
    holds: 'HTTP server, handlers by resource, wire schemas, model ↔ wire, and the service it needs as an interface',
    mayImport: [models, platform],
  },
  {
    folder: 'pkg/kubernetes/',
    holds: 'the Cluster interface and the real one, list and watch, job ↔ manifest mapping',
    mayImport: [models, platform],
  },
  {
    folder: 'internal/queue/',
    holds: 'the priority queue: keyed, ranked, removable; knows no jobs',
    mayImport: [],
    packages: [],
  },
  {
    folder: 'internal/core/',
    holds: 'pure: events in, decisions out; state, order, one policy per file',
    mayImport: [models, queue],
    packages: ['tinyqueue', 'node:crypto'],
  },
  {
    folder: 'internal/engine/',
    holds: 'the only owner of a core: inbox → turn → commit → answer → effects; timers',
    mayImport: [models, core, storeInterface, platform],
  },
  {
    folder: 'internal/store/',
    holds: 'durable truth: the interface, SQLite, memory; migrations',
    mayImport: [models, platform],
  },
  {
    folder: 'internal/dispatcher/',
    holds: 'effects → Cluster calls, outcomes → events; bounded concurrency, no decisions',
    mayImport: [models, kubernetes, coreTypes, platform],
  },
  {
    folder: 'internal/controllers/',
    holds: 'work queue, run loop, and one folder per controller: a pure reconcile and its carrier',
    mayImport: [models, kubernetes, coreTypes, platform],
  },
  {
    folder: 'internal/authentication/',
    holds: 'who may call: tokens by their hash, and the file that they come from',
    mayImport: [models, platform],
  },
  {
    folder: 'internal/logs/',
    holds: 'the logs of jobs, from the containers of their pods',
    mayImport: [models, kubernetes, storeInterface, platform],
  },
  {
    folder: 'internal/schedules/',
    holds: 'jobs that are submitted again and again: which run when (pure), and who submits them',
    mayImport: [models, storeInterface, platform],
  },
  {
    folder: 'internal/webhooks/',
    holds: 'messages about finished jobs: whom they may go to, when they are tried, and who sends them',
    mayImport: [models, storeInterface, platform],
  },
  {
    folder: 'internal/tracing/',
    holds: 'the spans of jobs: made from their rows (pure), and told as their state changes',
    mayImport: [models, storeInterface, platform],
  },
  {
    folder: 'internal/simulation/',
    holds: 'simulated cluster on any clock, fault injection, scenarios, checkers',
    mayImport: [models, core, engine, dispatcher, controllers, kubernetes, storeInterface, memoryStore, platform],
  },
  {
    folder: 'internal/platform/',
    holds: 'clock, configuration, logger, metrics, seeded random, lifecycle',
    mayImport: [],
  },
  {
    folder: 'web/',
    holds: 'the dashboard, for browsers; speaks only the public HTTP API',
    mayImport: [client, models],
    packages: ['preact', '@preact/signals', 'uplot', 'yaml'],
  },
];

/** The real things of platform: only the program may take them; everyone else is given one. */
export const namesForTheProgramOnly = ['systemClock', 'systemRandom', 'prometheusMetrics'] as const;

/** Packages that one folder keeps to itself (beside the program), so that changing one touches one place. Types too. */
export const packageHomes: Readonly<Record<string, string>> = {
  '@kubernetes/client-node': 'pkg/kubernetes/',
  'better-sqlite3': 'internal/store/',
  'prom-client': 'internal/platform/',
  '@opentelemetry/api': 'internal/platform/',
  '@opentelemetry/sdk-trace-base': 'internal/platform/',
  '@opentelemetry/exporter-trace-otlp-http': 'internal/platform/',
  '@opentelemetry/resources': 'internal/platform/',
  croner: 'internal/schedules/',
  preact: 'web/',
  '@preact/signals': 'web/',
  uplot: 'web/',
  fastify: 'pkg/api/',
  typebox: 'pkg/api/',
  commander: 'cmd/kubejobs/',
  pino: 'cmd/kubejobs/',
  'close-with-grace': 'cmd/kubejobs/',
};

/** The words of the table's last column. */
export function mayImportWords(rule: FolderRule): string {
  if (rule.mayImport === 'everything') return 'everything; nobody imports it';
  if (rule.mayImport.length === 0) return 'nothing of ours';
  return rule.mayImport.map((target) => target.words).join(', ');
}

/** The table as docs/architecture.md shows it. */
export function renderImportTable(): string {
  const rows = folderRules.map((rule) => `| \`${rule.folder}\` | ${rule.holds} | ${mayImportWords(rule)} |`);
  return ['| folder | holds | may import |', '|---|---|---|', ...rows].join('\n');
}
