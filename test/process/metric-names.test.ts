// The alert rules and the dashboard speak of metrics and labels that a running server has: what it was not taught would
// never fire, and never be seen missing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MetricDefinition, metricDefinitions } from '../../internal/platform/metrics.ts';
import { anchorsOf } from '../support/markdown.ts';
import { alertRules, dashboardExpressions, panels } from '../support/monitoring-files.ts';
import { namedIn } from '../support/promql.ts';
import { readRepositoryFile } from '../support/repository.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

/** Prometheus makes them itself. */
const ofPrometheus = new Set(['up']);
const ofTargets = ['instance', 'job'];
const definitions: Readonly<Record<string, MetricDefinition>> = metricDefinitions;

describe('the alert rules and the dashboard', () => {
  let server: ServerProcess;
  /** By name, as they are queried: histograms have three. */
  const labels = new Map<string, readonly string[]>();

  beforeAll(async () => {
    server = await startServer([]);
    const text = await (await fetch(`${server.url}/metrics`)).text();
    for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
      const own = [...(definitions[name]?.labels ?? []), ...ofTargets];
      if (type !== 'histogram') labels.set(name, own);
      else for (const suffix of ['bucket', 'sum', 'count']) labels.set(`${name}_${suffix}`, [...own, 'le']);
    }
    await server.kill('SIGTERM');
  });
  afterAll(() => server.kill('SIGKILL'));

  const mistakesIn = (expression: string): string[] => {
    const { selectors, groupedBy } = namedIn(expression);
    const known = selectors.filter(({ metric }) => !ofPrometheus.has(metric));
    const all = new Set([...ofTargets, ...known.flatMap(({ metric }) => labels.get(metric) ?? [])]);
    return [
      ...known.filter(({ metric }) => !labels.has(metric)).map(({ metric }) => `${metric} is no metric`),
      ...known.flatMap(({ metric, labels: given }) =>
        given.filter((label) => !labels.get(metric)?.includes(label)).map((label) => `${metric} has no label ${label}`),
      ),
      ...groupedBy.filter((label) => !all.has(label)).map((label) => `nothing has the label ${label}`),
    ];
  };

  it('would be found out if they named what is not there', () => {
    expect(mistakesIn('sum by (stat) (kubejobs_jobs{kind="a"}) > kubejobs_depth')).toEqual([
      'kubejobs_depth is no metric',
      'kubejobs_jobs has no label kind',
      'nothing has the label stat',
    ]);
    expect(() => namedIn('sum(rate(kubejobs_jobs[5m])')).toThrow('missing');
  });

  it('name metrics and labels that the server has', () => {
    const expressions = [...alertRules().map(({ expr }) => expr), ...dashboardExpressions()];
    expect(expressions.length).toBeGreaterThan(50);
    expect(expressions.flatMap(mistakesIn)).toEqual([]);
  });

  it('have a place and a title for each panel, none over another', () => {
    const places = panels().flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_each, index) => `${x + (index % w)}/${y + Math.floor(index / w)}`),
    );
    expect(new Set(places).size).toBe(places.length);
    expect(panels().filter(({ title }) => title === '')).toEqual([]);
    expect(new Set(panels().map(({ id }) => id)).size).toBe(panels().length);
  });

  it('have a severity and a runbook for each alert', () => {
    const anchors = anchorsOf(readRepositoryFile('docs/operations.md'));
    for (const { alert, labels: own, annotations } of alertRules()) {
      expect(['page', 'ticket']).toContain(own.severity);
      expect(annotations.runbook_url).toBe(`docs/operations.md#${alert.toLowerCase()}`);
      expect([...anchors]).toContain(alert.toLowerCase());
    }
  });
});
