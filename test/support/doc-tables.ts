// The tables that the docs share with the code, rendered from the code. docs.test.ts holds the docs against them; when
// one differs, the failed assertion prints the rows to paste.
import { environmentName, type OptionDefinition, type OptionTable } from '../../internal/platform/configuration.ts';
import { type MetricDefinition, metricDefinitions } from '../../internal/platform/metrics.ts';
import { type ErrorDefinition, errorCatalogue } from '../../pkg/models/errors.ts';

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

const code = (text: string): string => `\`${text}\``;

export function optionTable(options: OptionTable): string {
  const rows = Object.entries(options).map(([name, option]) => [
    code(flagOf(name, option)),
    code(environmentName(name)),
    option.default === undefined ? '' : code(option.default),
    option.help,
    option.allowed,
  ]);
  return table(['flag', 'environment variable', 'default', 'meaning', 'allowed'], rows);
}

function flagOf(name: string, { placeholder }: OptionDefinition<unknown>): string {
  return placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`;
}

export function metricTable(): string {
  const rows = Object.entries<MetricDefinition>(metricDefinitions).map(([name, { type, labels, help }]) => [
    code(name),
    type,
    labels.map(code).join(', '),
    help,
  ]);
  return table(['metric', 'type', 'labels', 'meaning'], rows);
}

export function errorTable(): string {
  const rows = Object.entries<ErrorDefinition>(errorCatalogue).map(([name, { status, title, when }]) => [
    code(name),
    String(status),
    title,
    when,
  ]);
  return table(['code', 'status', 'title', 'when'], rows);
}
