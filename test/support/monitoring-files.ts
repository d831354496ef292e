// The expressions of the alert rules and of the dashboard in deploy/.
import { parse } from 'yaml';
import { readRepositoryFile } from './repository.ts';

export interface AlertRule {
  alert: string;
  expr: string;
  for?: string;
  labels: { severity: string };
  annotations: { summary: string; description: string; runbook_url: string };
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { h: number; w: number; x: number; y: number };
  targets?: Array<{ expr: string; legendFormat: string }>;
}

export const alertsFile = 'deploy/prometheus/alerts.yaml';
export const dashboardFile = 'deploy/grafana/kubejobs.json';

export function alertRules(): AlertRule[] {
  const { groups } = parse(readRepositoryFile(alertsFile)) as { groups: Array<{ rules: AlertRule[] }> };
  return groups.flatMap(({ rules }) => rules);
}

export function panels(): Panel[] {
  return (JSON.parse(readRepositoryFile(dashboardFile)) as { panels: Panel[] }).panels;
}

/** As Grafana would send them. */
export function dashboardExpressions(): string[] {
  const expressions = panels().flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  return expressions.map((expr) => expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*'));
}
