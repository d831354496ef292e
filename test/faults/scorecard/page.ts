// docs/reliability.md as text: made from the table's words, the rows that there are, and the committed figures, and from
// nothing else, so that a test can make it again and compare.
import type { Figures } from './figures.ts';
import { introduction, limits } from './page-words.ts';
import type { Row } from './row.ts';
import { type FaultWords, tableOfFaults } from './table.ts';
import { type RowFacts, rateBound, thousands, verdict } from './verdict.ts';

export function reliabilityPage(rows: ReadonlyMap<number, Row>, figures: readonly Figures[]): string {
  const facts = tableOfFaults.map((words) => factsOf(words, rows, figures));
  const sections = [introduction, tableOf(facts), '## Figures', ...facts.map(figuresOfRow), limits];
  return `${sections.join('\n\n')}\n`;
}

function factsOf(words: FaultWords, rows: ReadonlyMap<number, Row>, figures: readonly Figures[]): RowFacts {
  const of = (column: string) => figures.find((one) => one.row === words.number && one.column === column);
  const row = rows.get(words.number);
  const { fault, how, required } = row ?? words;
  return { words: { ...words, fault, how, required }, row, small: of('small'), large: of('large') };
}

function tableOf(facts: readonly RowFacts[]): string {
  const head = '| # | fault | how | every CI run | last run before a release | required | verdict |';
  return [head, '|---|---|---|---|---|---|---|', ...facts.map(tableLine)].join('\n');
}

function tableLine(facts: RowFacts): string {
  const { number, fault, how, required } = facts.words;
  const cells = [`[${number}](#row-${number})`, fault, how, eachRun(facts), lastRun(facts), required, verdict(facts)];
  return `| ${cells.join(' | ')} |`;
}

function eachRun({ words, row }: RowFacts): string {
  if (!row || row.small.trials === 0) return 'no';
  return `${thousands(row.small.trials)} ${words.unit}`;
}

function lastRun(facts: RowFacts): string {
  const { words, large } = facts;
  if (!large || large.trials === 0) return 'not run';
  const rate = rateBound(facts);
  const violations = `${thousands(large.violation_count)} violations${rate === undefined ? '' : ` (${rate})`}`;
  return `${thousands(large.trials)} ${words.unit}, ${violations}, ${large.to.slice(0, 10)}`;
}

function figuresOfRow(facts: RowFacts): string {
  const { words, row, small, large } = facts;
  const parts = [`### Row ${words.number}`, `${upperFirst(words.fault)}. Planned before a release: ${words.planned}.`];
  if (row?.note !== undefined) parts.push(row.note);
  const lines = [large, small].flatMap((figures) => (figures ? linesOf(figures, words) : []));
  parts.push(lines.length > 0 ? lines.join('\n') : `${upperFirst(verdict(facts))}.`);
  return parts.join('\n\n');
}

function linesOf(figures: Figures, { unit }: FaultWords): string[] {
  const { column, trials, seeds, pieces, broken, seconds, commit, dirty, violations } = figures;
  const when = figures.from.slice(0, 10) === figures.to.slice(0, 10) ? [figures.to] : [figures.from, figures.to];
  const machines = figures.machines.map(({ cores, node }) => `${cores} cores, Node ${node.replace(/^v/, '')}`);
  const facts = [
    `${thousands(trials)} ${unit} in ${pieces === 1 ? '1 piece' : `${thousands(pieces)} pieces`}`,
    `seeds ${seeds.join(', ')}`,
    `${thousands(figures.violation_count)} violations`,
    ...(broken > 0 ? [`${broken} pieces broke`] : []),
    `${thousands(seconds)} s`,
    `commit \`${commit.slice(0, 10)}\`${dirty ? ' with changes that were not committed' : ''}`,
    when.map((date) => date.slice(0, 10)).join(' to '),
    ...machines,
  ];
  return [
    `- ${column} column: ${facts.join('; ')}`,
    ...pairs('exercised', figures.counts),
    ...pairs('worst', figures.worst),
    ...violations.map((violation) => `  - violation: ${escaped(violation)}`),
  ];
}

function pairs(title: string, values: Record<string, number>): string[] {
  const shown = Object.entries(values).map(([name, value]) => `\`${name}\` ${thousands(value)}`);
  return shown.length === 0 ? [] : [`  - ${title}: ${shown.join(', ')}`];
}

/** A violation is one line of plain text on the page, whatever is in it. */
function escaped(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[<>|`*_[\]\\]/g, '\\$&');
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
