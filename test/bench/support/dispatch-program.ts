// One side of the dispatch benchmark: creates suspended Jobs with kubejobs' own dispatcher, client and manifests.
// Prints the same line of JSON as the client-go program.
import { parseArgs } from 'node:util';
import { Dispatcher } from '../../../internal/dispatcher/dispatcher.ts';
import { systemClock } from '../../../internal/platform/clock.ts';
import { silentLogger } from '../../../internal/platform/logger.ts';
import { silentMetrics } from '../../../internal/platform/metrics.ts';
import { systemRandom } from '../../../internal/platform/random.ts';
import { connect } from '../../../pkg/kubernetes/client/index.ts';
import { builtInTemplate, jobManifest } from '../../../pkg/kubernetes/manifest.ts';
import type { Attempt, Job } from '../../../pkg/models/index.ts';

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string', default: '' },
    count: { type: 'string', default: '1000' },
    concurrency: { type: 'string', default: '32' },
    prefix: { type: 'string', default: 'kubejobs' },
  },
});
const count = Number(values.count);
const queueId = '00000000-0000-4000-8000-000000000000';
const clock = systemClock();
const random = systemRandom();
const shared = { clock, random, logger: silentLogger, metrics: silentMetrics };
const { cluster, namespace } = await connect({ kubeconfig: values.kubeconfig, version: 'bench', ...shared });

function job(index: number): { job: Job; attempt: Attempt } {
  const jobId = random.uuid(clock.now());
  const name = `${values.prefix}-${index}`;
  const container = { name: 'main', image: 'busybox:1.36', command: ['sh', '-c', 'echo hello'] };
  const template = {
    suspend: true,
    backoffLimit: 0,
    template: { spec: { restartPolicy: 'Never', containers: [container] } },
  };
  return {
    job: {
      ...{ jobId, name, sequence: index, priority: 0, queue: 'default', state: 'running', attempt: 1, createdAt: 0 },
      workload: { template },
    },
    attempt: {
      ...{ attempt: 1, dispatchSequence: index, dispatchedAt: 0, creation: 'requested' },
      workload: { kind: 'Job', namespace, name },
    },
  };
}

let made = 0;
let answered = 0;
const start = clock.now();
await new Promise<void>((resolve) => {
  const dispatcher = new Dispatcher({
    ...{ cluster, clock, queueId, concurrency: Number(values.concurrency) },
    ...{ metrics: silentMetrics, logger: silentLogger },
    manifest: (row, attempt) =>
      jobManifest({ job: row, attempt, queueId, namespace, defaultTemplate: builtInTemplate }),
    emit: (event) => {
      if (event.kind === 'create_made') made += 1;
      else process.stderr.write(`${JSON.stringify(event)}\n`);
      answered += 1;
      if (answered === count) resolve();
    },
  });
  dispatcher.release(Array.from({ length: count }, (_, index) => ({ kind: 'create_workload', ...job(index) })));
});
const seconds = (clock.now() - start) / 1000;
const { userCPUTime, systemCPUTime } = process.resourceUsage();
process.stdout.write(
  `${JSON.stringify({ created: made, seconds, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 })}\n`,
);
await cluster.close();
