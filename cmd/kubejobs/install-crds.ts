// `kubejobs install crds`: looks whose JobSets the cluster has, applies the manifests of deploy/crds, and waits until the API
// server acts on them. It changes nothing where another operator's are, and what it does can be done again at any time.
import { KubeconfigError } from '../../pkg/kubernetes/client/index.ts';
import type { ApiResult, Resource } from '../../pkg/kubernetes/cluster.ts';
import { conditionOf } from '../../pkg/kubernetes/conditions.ts';
import {
  definitionsResource,
  type JobSetInstallation,
  jobSetInstallation,
} from '../../pkg/kubernetes/jobset-installation.ts';
import { jobSetCrdName } from '../../pkg/models/index.ts';
import { exitDone, exitFailed, exitUnreachable } from './cli/exit-codes.ts';
import { type Io, note, write } from './cli/io.ts';
import type { InstallFlags } from './install-command.ts';
import { ask, jobSetProbes, type Probe } from './jobset-probes.ts';
import { crdManifests, crdManifestText, type Manifest } from './manifests.ts';
import { openCluster } from './open-cluster.ts';

type OpenedCluster = Awaited<ReturnType<typeof openCluster>>;

/** Why it could not be done: the exit code, and a sentence for people. */
interface Problem {
  code: number;
  message: string;
}

/** Resolves with the exit code. */
export async function installCrds(io: Io, flags: InstallFlags): Promise<number> {
  if (flags.dryRun) {
    await write(io, crdManifestText());
    return exitDone;
  }
  try {
    const cluster = await openCluster(flags);
    const problem = await install(io, cluster, flags.timeout).finally(() => cluster.close());
    if (problem === undefined) return exitDone;
    note(io, `kubejobs: ${problem.message}`);
    return problem.code;
  } catch (error) {
    if (!(error instanceof KubeconfigError)) throw error;
    note(io, `kubejobs: ${error.message}`);
    return exitFailed;
  }
}

async function install(io: Io, cluster: OpenedCluster, timeoutMs: number): Promise<Problem | undefined> {
  const manifests = crdManifests();
  const lacking = await lackingKind(cluster, manifests);
  if (lacking !== undefined) return lacking;
  const installation = await jobSetInstallation(cluster);
  if (installation.outcome !== 'ok') return problemOf('JobSets cannot be looked for', installation);
  if (installation.value.owner === 'another') return failed(anothers(installation.value.what));
  const refused = await applyAll(io, cluster, manifests, installation.value);
  if (refused !== undefined) return refused;
  const late = await untilTheyAct(io, cluster, timeoutMs);
  if (late !== undefined) return late;
  await write(io, 'JobSets are installed, and the API server refuses bad ones\n');
  return undefined;
}

function anothers(what: string): string {
  return (
    `this cluster has ${what}: those are the JobSets of another operator. Nothing was changed. ` +
    'Use that operator, or remove it and its definition first, with which all of its JobSets are deleted'
  );
}

/** Before anything is changed: MutatingAdmissionPolicies are the youngest of what is needed. */
async function lackingKind(cluster: OpenedCluster, manifests: readonly Manifest[]): Promise<Problem | undefined> {
  const kinds = new Map(manifests.map(({ resource }) => [resource.kind, resource]));
  for (const resource of kinds.values()) {
    const served = await cluster.serves(resource);
    if (served.outcome !== 'ok') return problemOf('the API server cannot be asked', served);
    if (!served.value)
      return failed(`this API server has no ${nameOf(resource)}: Kubernetes 1.36 or newer is needed for JobSets`);
  }
  return undefined;
}

/** What belongs to nobody may have been made by another a moment ago, so only what is ours is forced. */
async function applyAll(
  io: Io,
  cluster: OpenedCluster,
  manifests: readonly Manifest[],
  installation: JobSetInstallation,
): Promise<Problem | undefined> {
  for (const { resource, object } of manifests) {
    const isDefinition = resource === definitionsResource;
    const force = !isDefinition || installation.owner === 'kubejobs';
    const uid = isDefinition && installation.owner === 'kubejobs' ? { uid: installation.uid } : {};
    const applied = await cluster.apply(resource, { ...object, metadata: { ...object.metadata, ...uid } }, { force });
    const what = `${resource.kind} ${object.metadata.name}`;
    if (applied.outcome !== 'ok') return problemOf(`the ${what} cannot be applied`, applied);
    note(io, `applied ${what}`);
  }
  return undefined;
}

const restMs = 250;

async function untilTheyAct(io: Io, cluster: OpenedCluster, timeoutMs: number): Promise<Problem | undefined> {
  const until = io.now() + timeoutMs;
  note(io, 'waiting until they act');
  const checks = [() => isEstablished(cluster), ...jobSetProbes.map((probe) => () => acts(io, cluster, probe))];
  for (const check of checks) {
    let missing = await check();
    while (missing !== undefined) {
      if (missing.isFinal) return failed(missing.message);
      if (io.signal?.aborted || io.now() > until) return failed(`after ${timeoutMs / 1_000} s ${missing.message}`);
      await io.pause(restMs, io.signal);
      missing = await check();
    }
  }
  return undefined;
}

/** What is not yet as it is to be. */
interface Missing {
  message: string;
  /** Waiting longer does not help. */
  isFinal?: boolean;
}

async function isEstablished(cluster: OpenedCluster): Promise<Missing | undefined> {
  const found = await cluster.get(definitionsResource, '', jobSetCrdName);
  if (found.outcome !== 'ok') return { message: `the definition cannot be read: ${found.message}` };
  if (found.value.metadata.deletionTimestamp !== undefined)
    return {
      message: 'the definition is being deleted, with its JobSets; install it again when it is gone',
      isFinal: true,
    };
  if (conditionOf(found.value.status, 'Established', 'True')) return undefined;
  const why = conditionOf(found.value.status, 'NamesAccepted', 'False')?.message;
  return { message: `the definition is not established${why ? `: ${why}` : ''}` };
}

async function acts(io: Io, cluster: OpenedCluster, probe: Probe): Promise<Missing | undefined> {
  const result = await ask(cluster, probe, `kubejobs-probe-${io.uuid().slice(0, 8)}`);
  if (probe.acts(result)) return undefined;
  if (result.outcome === 'ok') return { message: `the policy ${probe.policy} does not act` };
  const isFinal = result.outcome === 'refused' && result.status === 403;
  return { message: `it cannot be seen whether the policy ${probe.policy} acts: ${result.message}`, isFinal };
}

function problemOf(what: string, result: Exclude<ApiResult<never>, { outcome: 'ok' }>): Problem {
  const code = result.outcome === 'unknown' ? exitUnreachable : exitFailed;
  return { code, message: `${what}: ${result.message}` };
}

function failed(message: string): Problem {
  return { code: exitFailed, message };
}

function nameOf({ kind, group, version }: Resource): string {
  return `${kind} of ${group}/${version}`;
}
