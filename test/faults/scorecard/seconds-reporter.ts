// At the end of a run says how long each row of the scorecard took, so that a row that outgrows its share of CI is seen.
import type { Reporter, TestModule } from 'vitest/node';

interface RowSeconds {
  name: string;
  seconds: number;
}

export default class SecondsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules.flatMap(secondsOf);
    if (rows.length > 0) process.stdout.write(`\n${secondsText(rows)}\n`);
  }
}

/** With its imports and hooks: all that one waits for. */
function secondsOf(module: TestModule): RowSeconds[] {
  const name = /\/test\/faults\/(?:cluster\/)?(\d+-[^/]+)\.test\.ts$/.exec(module.moduleId)?.[1];
  if (name === undefined || module.state() === 'skipped') return [];
  const { collectDuration, duration, setupDuration } = module.diagnostic();
  return [{ name, seconds: (collectDuration + duration + setupDuration) / 1_000 }];
}

export function secondsText(rows: readonly RowSeconds[]): string {
  const sorted = rows.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const total = { name: 'all rows', seconds: rows.reduce((sum, row) => sum + row.seconds, 0) };
  const lines = [...sorted, total].map(({ name, seconds }) => `${seconds.toFixed(1).padStart(8)} s  ${name}`);
  return ['The fault scorecard took', ...lines].join('\n');
}
