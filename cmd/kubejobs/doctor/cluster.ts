// What the cluster says: whether it answers, which version it is and how its clock goes, whom it takes us for, what we may
// do, whose its JobSets are, and whether it would take a job.
import { systemClock } from '../../../internal/platform/clock.ts';
import { silentLogger } from '../../../internal/platform/logger.ts';
import { silentMetrics } from '../../../internal/platform/metrics.ts';
import { systemRandom } from '../../../internal/platform/random.ts';
import { type Connected, connect, KubeconfigError } from '../../../pkg/kubernetes/client/index.ts';
import { type Cluster, pytorchJobsResource } from '../../../pkg/kubernetes/cluster.ts';
import { jobSetInstallation, jobSetsResource } from '../../../pkg/kubernetes/jobset-installation.ts';
import { effectivePolicy, readPolicy } from '../policy.ts';
import { programVersion } from '../version.ts';
import { type Check, fail, ok, warn } from './check.ts';
import type { Settings } from './configuration.ts';
import { checkPermissions, type Kinds, neededRights } from './permissions.ts';
import { rehearseJobs } from './rehearsal.ts';
import { checkAnswer, checkClock, checkKubernetes } from './server-version.ts';

type OpenedCluster = Connected['cluster'];

export async function checkCluster(settings: Settings, environment: NodeJS.ProcessEnv): Promise<Check[]> {
  if (settings.dryRun) return [ok('cluster', 'a simulated one (dry run)')];
  try {
    const { kubeconfig, context } = settings;
    const connected = await connect({
      ...{ ...(kubeconfig && { kubeconfig }), ...(context && { context }), environment, version: programVersion() },
      ...{ clock: systemClock(), random: systemRandom(), logger: silentLogger, metrics: silentMetrics },
    });
    return await askCluster(connected, settings).finally(() => connected.cluster.close());
  } catch (error) {
    if (!(error instanceof KubeconfigError)) throw error;
    return [fail('cluster', error.message, 'give --kubeconfig or --context, or --dry-run, which needs no cluster')];
  }
}

async function askCluster({ cluster, server, ...own }: Connected, settings: Settings): Promise<Check[]> {
  const askedAt = systemClock().now();
  const version = await cluster.serverVersion();
  const answers = checkAnswer(version, server);
  if (version.outcome !== 'ok') return [answers];
  const namespace = settings.namespace ?? own.namespace;
  const policy = effectivePolicy(readPolicy(settings), namespace);
  const { kinds, checks } = await lookAtKinds(cluster, settings);
  const needed = neededRights(settings, policy, kinds);
  return [
    answers,
    checkKubernetes(version.value, settings),
    checkClock(version.value, askedAt, systemClock().now()),
    ...(await checkPermissions(cluster, needed, policy.namespaces)),
    ...checks,
    ...(await rehearseJobs(cluster, settings, policy, namespace)),
  ];
}

async function lookAtKinds(cluster: OpenedCluster, settings: Settings): Promise<{ kinds: Kinds; checks: Check[] }> {
  const [jobSets, pyTorchJobs] = await Promise.all([
    cluster.serves(jobSetsResource),
    cluster.serves(pytorchJobsResource),
  ]);
  const has = (answer: typeof jobSets): boolean => answer.outcome === 'ok' && answer.value;
  const { owner, check } = await lookAtJobSets(cluster, has(jobSets), settings);
  return { kinds: { jobSets: owner, pyTorchJobs: has(pyTorchJobs) }, checks: [check] };
}

interface JobSets {
  owner: Kinds['jobSets'];
  check: Check;
}

async function lookAtJobSets(cluster: Cluster, isServed: boolean, { controllers }: Settings): Promise<JobSets> {
  const isAskedFor = controllers?.includes('jobset') === true;
  const name = 'jobsets';
  if (!isServed) {
    const message = 'the cluster has no JobSets';
    const check = isAskedFor ? warn(name, message, 'run kubejobs install crds') : ok(name, message);
    return { owner: 'none', check };
  }
  const found = await jobSetInstallation(cluster);
  if (found.outcome !== 'ok') {
    const message = `whose the JobSets are cannot be seen: ${found.message}`;
    return { owner: 'another', check: warn(name, message, 'kubectl apply -f deploy/rbac/jobset-lookups.yaml') };
  }
  if (found.value.owner === 'kubejobs')
    return { owner: 'ours', check: ok(name, 'the definition is that of kubejobs install crds') };
  const what = found.value.owner === 'another' ? found.value.what : 'JobSets, but no definition of them';
  const message = `the cluster has ${what}: JobSets of another operator, which kubejobs does not run`;
  const advice = 'leave jobset out of --controllers, or remove the other operator';
  return { owner: 'another', check: isAskedFor ? warn(name, message, advice) : ok(name, message) };
}
