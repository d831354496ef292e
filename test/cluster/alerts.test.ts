// The alert rules, by Prometheus' own tool: each fires for what it is about, and for its calm twin does not. It needs no
// cluster, but Go to build promtool once.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { alertRules, alertsFile, dashboardExpressions } from '../support/monitoring-files.ts';
import { repositoryRoot } from '../support/repository.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { binaryAvailability, ensureBinaries } from './harness/binaries.ts';

const run = promisify(execFile);

/** One sample a minute in promtool's notation: `1+2x60` is 1, then 60 times 2 more. */
type Series = Record<string, string>;

interface Story {
  fires: Series;
  calm: Series;
}

const at = 'instance="one:8000"';
const gauge = (name: string, value: number, more = ''): Series => ({ [`${name}{${at}${more}}`]: `${value}x90` });
const counter = (name: string, perMinute: number, more = ''): Series => ({
  [`${name}{${at}${more}}`]: `0+${perMinute}x90`,
});

const queue = (used: number, paused: number): Series => ({
  ...gauge('kubejobs_queue_depth', 7),
  ...gauge('kubejobs_slots_used', used),
  ...gauge('kubejobs_slots', 4),
  ...gauge('kubejobs_cluster_reachable', 1),
  ...gauge('kubejobs_paused', paused),
});
const ended = (failed: number, succeeded: number): Series => ({
  ...counter('kubejobs_job_run_seconds_count', failed, ',state="failed"'),
  ...counter('kubejobs_job_run_seconds_count', succeeded, ',state="succeeded"'),
});
const looks = (retries: number): Series => ({
  ...counter('kubejobs_controller_retries_total', retries, ',controller="jobs"'),
  ...counter('kubejobs_controller_reconcile_seconds_count', 20, ',controller="jobs"'),
});
const failures = (code: string): Series => counter('kubejobs_store_failures_total', 1, `,code="${code}"`);
const up = (value: number): Series => ({ 'up{job="kubejobs",instance="one:8000"}': `${value}x90` });

const stories: Readonly<Record<string, Story>> = {
  KubejobsDown: { fires: up(0), calm: up(1) },
  KubejobsNotReady: { fires: gauge('kubejobs_store_available', 0), calm: gauge('kubejobs_store_available', 1) },
  KubejobsDiskFull: { fires: failures('disk_full'), calm: failures('io') },
  KubejobsStoreErrors: { fires: failures('io'), calm: failures('disk_full') },
  KubejobsClusterUnreachable: {
    fires: gauge('kubejobs_cluster_reachable', 0),
    calm: gauge('kubejobs_cluster_reachable', 1),
  },
  KubejobsQueueStuck: { fires: queue(3, 0), calm: queue(4, 0) },
  KubejobsPausedLong: { fires: queue(0, 1), calm: queue(0, 0) },
  KubejobsJobsFailing: { fires: ended(2, 1), calm: ended(1, 2) },
  KubejobsCreatesRefused: {
    fires: counter('kubejobs_dispatch_outcomes_total', 1, ',outcome="refused"'),
    calm: counter('kubejobs_dispatch_outcomes_total', 50, ',outcome="made"'),
  },
  KubejobsWebhooksFailing: {
    fires: gauge('kubejobs_webhook_deliveries', 1, ',state="failed"'),
    calm: gauge('kubejobs_webhook_deliveries', 3, ',state="pending"'),
  },
  KubejobsGangDeadlock: {
    fires: gauge('kubejobs_gang_deadlocked_podgroups', 2),
    calm: gauge('kubejobs_gang_deadlocked_podgroups', 0),
  },
  KubejobsReconcileErrors: { fires: looks(15), calm: looks(2) },
  KubejobsResultsNotSaved: {
    fires: counter('kubejobs_results_failures_total', 1, ',outcome="refused"'),
    calm: counter('kubejobs_results_failures_total', 1, ',outcome="unknown"'),
  },
  KubejobsTokensStale: { fires: gauge('kubejobs_tokens_stale', 1), calm: gauge('kubejobs_tokens_stale', 0) },
  KubejobsEventLoopLag: {
    fires: gauge('kubejobs_nodejs_eventloop_lag_p99_seconds', 0.8),
    calm: gauge('kubejobs_nodejs_eventloop_lag_p99_seconds', 0.02),
  },
};

const available = await binaryAvailability(['promtool']);

describe.skipIf(!available.available)('the alert rules', () => {
  const folder = temporaryFolder();
  let promtool: string;
  afterAll(() => folder.remove());
  beforeAll(async () => {
    ({ promtool } = await ensureBinaries(['promtool'], (line) => process.stderr.write(`${line}\n`)));
  });

  const file = (name: string, document: object): string => {
    const path = join(folder.path, name);
    writeFileSync(path, stringify(document));
    return path;
  };

  it('are sound, and so are the expressions of the dashboard', async () => {
    const rules = dashboardExpressions().map((expr, index) => ({ record: `panel:${index}`, expr }));
    const dashboard = file('dashboard.yaml', { groups: [{ name: 'dashboard', rules }] });
    const { stdout } = await run(promtool, ['check', 'rules', `${repositoryRoot}${alertsFile}`, dashboard]);
    expect(stdout).toContain(`SUCCESS: ${alertRules().length} rules found`);
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
  });

  it('have a story each, in which they fire and in whose calm twin they do not', async () => {
    expect(Object.keys(stories)).toEqual(alertRules().map(({ alert }) => alert));
    const tests = Object.entries(stories).flatMap(([alert, { fires, calm }]) => [
      storyTest(alert, fires, true),
      storyTest(alert, calm, false),
    ]);
    const document = { rule_files: [`${repositoryRoot}${alertsFile}`], evaluation_interval: '1m', tests };
    const { stdout, stderr } = await run(promtool, ['test', 'rules', file('stories.yaml', document)]).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
    expect(`${stdout}${stderr}`).toContain('SUCCESS');
  });
});

/** Whether the alert fires once 85 minutes of the story have passed; one that fires may do so for several series. */
function storyTest(alert: string, series: Series, fires: boolean): object {
  const expr = `count(ALERTS{alertname="${alert}", alertstate="firing"}) > 0 or vector(0)`;
  return {
    name: `${alert} ${fires ? 'fires' : 'is calm'}`,
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [{ expr, eval_time: '85m', exp_samples: [{ labels: '{}', value: fires ? 1 : 0 }] }],
  };
}
