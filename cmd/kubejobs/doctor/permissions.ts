// Whether the account may do what the queue and the chosen controllers do, in each namespace where they do it: one line for
// each manifest of deploy/rbac that is needed, naming what is missing and the command that gives it.
import type { ControllerName } from '../../../internal/platform/configuration.ts';
import type { Cluster } from '../../../pkg/kubernetes/cluster.ts';
import type { Policy } from '../../../pkg/kubernetes/policy/index.ts';
import { chosenControllers } from '../controllers.ts';
import { type Check, fail, ok, warn } from './check.ts';
import type { Settings } from './configuration.ts';
import { inWords, isAllowed, type Right, rightsOf } from './rights.ts';

export interface Kinds {
  /** Whose the JobSets of the cluster are; ours are run, another's are only watched. */
  jobSets: 'ours' | 'another' | 'none';
  pyTorchJobs: boolean;
}

interface Needed {
  /** Of deploy/rbac, without its ending. */
  file: string;
  rights: Right[];
  /** Nothing works without it, or somebody asked for what it is for. */
  isVital: boolean;
  /** What does not work without it. */
  without: string;
  isClusterWide: boolean;
}

/** The manifests that are needed, in the order in which they would be applied. */
export function neededRights(
  settings: Pick<Settings, 'controllers' | 'dryRun' | 'resultsTtl'>,
  { namespaces }: Pick<Policy, 'namespaces'>,
  kinds: Kinds,
): Needed[] {
  const chosen = chosenControllers(settings);
  const everywhere = namespaces === 'any';
  const scoped = (file: string, without: string, isVital: boolean): Needed => {
    const named = everywhere ? (file === 'namespace' ? 'cluster' : `${file}-cluster`) : file;
    return { file: named, rights: servedRights(rightsOf(named), kinds), isVital, without, isClusterWide: everywhere };
  };
  const beside = (name: ControllerName, without: string, file: string = name): Needed[] =>
    chosen.has(name) ? [scoped(file, without, settings.controllers !== undefined)] : [];
  const lookups: Needed = {
    ...{ file: 'jobset-lookups', rights: rightsOf('jobset-lookups'), without: 'no JobSet is run' },
    ...{ isVital: settings.controllers?.includes('jobset') === true, isClusterWide: true },
  };
  const all = [
    scoped('namespace', 'no job can run', true),
    ...(kinds.pyTorchJobs ? [scoped('pytorchjobs', 'PyTorchJobs are refused', false)] : []),
    ...beside('health', 'JobSets and PyTorchJobs are not watched'),
    ...beside('podgroup', 'no pod group gets its label'),
    ...beside('results', 'no result is saved'),
    ...(settings.resultsTtl === 'never' ? [] : beside('results', 'old results are not deleted', 'results-ttl')),
    ...(chosen.has('jobset') ? [lookups] : []),
    ...(kinds.jobSets === 'ours' ? beside('jobset', 'no JobSet is run') : []),
  ];
  return all.filter(({ rights }) => rights.length > 0);
}

/** Rights to kinds that the cluster does not have are of no use. */
function servedRights(rights: Right[], { jobSets, pyTorchJobs }: Kinds): Right[] {
  return rights.filter(({ group }) => {
    if (group === 'jobset.x-k8s.io') return jobSets !== 'none';
    return group !== 'kubeflow.org' || pyTorchJobs;
  });
}

/** `namespaces`: where jobs may go; `any` is everywhere. */
export async function checkPermissions(
  cluster: Cluster,
  needed: readonly Needed[],
  namespaces: Policy['namespaces'],
): Promise<Check[]> {
  const places = namespaces === 'any' ? [''] : [...namespaces];
  return Promise.all(needed.map((each) => checkManifest(cluster, each, each.isClusterWide ? [''] : places)));
}

async function checkManifest(cluster: Cluster, needed: Needed, places: readonly string[]): Promise<Check> {
  const asked = places.flatMap((place) => needed.rights.map((right) => ({ place, right })));
  const answers = await Promise.all(asked.map(({ place, right }) => isAllowed(cluster, right, place)));
  const check = `rights ${needed.file}`;
  const unasked = answers.find(({ outcome }) => outcome !== 'ok');
  if (unasked !== undefined && unasked.outcome !== 'ok')
    return fail(check, `the API server cannot be asked for rights: ${unasked.message}`, 'see the check of the cluster');
  const missing = asked.filter((_each, index) => {
    const answer = answers[index];
    return answer?.outcome === 'ok' && !answer.value;
  });
  if (missing.length === 0) return ok(check, `all ${needed.rights.length} are there ${inPlaces(places)}`);
  const where = [...new Set(missing.map(({ place }) => place))];
  const what = [...new Set(missing.map(({ right }) => inWords(right)))];
  const found = `missing ${inPlaces(where)}: ${what.join(', ')}; without ${what.length > 1 ? 'them' : 'it'} ${needed.without}`;
  return (needed.isVital ? fail : warn)(check, found, commandsFor(needed.file, where));
}

function inPlaces(places: readonly string[]): string {
  return places.includes('') ? 'everywhere' : `in ${places.join(', ')}`;
}

function commandsFor(file: string, places: readonly string[]): string {
  const commands = places.map((place) => `kubectl apply ${place && `-n ${place} `}-f deploy/rbac/${file}.yaml`);
  return commands.join('; ');
}
