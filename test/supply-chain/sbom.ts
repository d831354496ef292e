// The software bill of materials: what a production installation consists of, as CycloneDX JSON. npm makes it from the lock
// file, for all packages: its own --omit=dev also leaves out those that a development tool happens to need as well, so what
// belongs to production is told by the lock file. What would differ from one run to the next (time, random number, folder
// and npm version) is taken out or derived from the content: the same lock file always gives the same document.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readRepositoryFile, repositoryRoot } from '../support/repository.ts';

export interface Component {
  'bom-ref': string;
  type: string;
  name: string;
  version: string;
  purl: string;
  hashes?: Array<{ alg: string; content: string }>;
  licenses?: unknown[];
}

export interface Sbom {
  bomFormat: string;
  specVersion: string;
  serialNumber: string;
  version: number;
  metadata: { component: Component; [field: string]: unknown };
  components: Component[];
  dependencies: Array<{ ref: string; dependsOn?: string[] }>;
}

export function makeSbom(): Sbom {
  const { name } = JSON.parse(readRepositoryFile('package.json')) as { name: string };
  const { metadata, components, dependencies, ...head } = JSON.parse(npmSbom()) as Sbom;
  const { timestamp: _timestamp, tools: _tools, ...kept } = metadata;
  const production = productionPackages();
  const wanted = components.filter((component) => production.has(component['bom-ref']));
  const refs = new Set([metadata.component['bom-ref'], ...production]);
  const content = {
    metadata: { ...kept, component: { ...kept.component, type: 'application', name } },
    components: wanted.toSorted(by('bom-ref')),
    dependencies: dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(within(refs))
      .toSorted(by('ref')),
  };
  return { ...head, serialNumber: contentUuid(content), ...content };
}

/** `name@version` of all that `npm ci --omit=dev` installs. */
export function productionPackages(): Set<string> {
  const lock = JSON.parse(readRepositoryFile('package-lock.json')) as { packages: Record<string, LockEntry> };
  const installed = Object.entries(lock.packages).filter(([path, entry]) => path !== '' && entry.dev !== true);
  return new Set(installed.map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`));
}

interface LockEntry {
  version: string;
  dev?: boolean;
}

type Dependency = Sbom['dependencies'][number];

function within(refs: ReadonlySet<string>): (dependency: Dependency) => Dependency {
  return ({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)).sort() });
}

function npmSbom(): string {
  const format = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const what = ['--package-lock-only', '--loglevel', 'error'];
  const options = { cwd: repositoryRoot, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  return execFileSync('npm', ['sbom', ...format, ...what], options);
}

function by<K extends string>(key: K): (a: Record<K, string>, b: Record<K, string>) => number {
  return (a, b) => (a[key] < b[key] ? -1 : Number(a[key] > b[key]));
}

/** A UUIDv8 (RFC 9562) of the content. */
function contentUuid(content: object): string {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const groups = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `urn:uuid:${groups.join('-')}`;
}
