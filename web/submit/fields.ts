// The form's texts and the submission that they mean. What is left empty is left out; whether the rest makes sense is for the
// server to say. Pure.
import type { SubmissionDocument } from '../../pkg/client/index.ts';

export interface Fields {
  name: string;
  priority: string;
  queue: string;
  namespace: string;
  image: string;
  command: string;
  args: string;
  env: string;
  cpu: string;
  memory: string;
  labels: string;
  timeout: string;
  retries: string;
  hold: boolean;
  results: boolean;
}

export const emptyFields: Fields = {
  ...{ name: '', priority: '0', queue: '', namespace: '', image: '', command: '', args: '', env: '' },
  ...{ cpu: '', memory: '', labels: '', timeout: '', retries: '', hold: false, results: false },
};

/** As it goes over the wire; a text that is no number stays one, so that the server refuses it by name. */
export function submissionOf(fields: Fields): SubmissionDocument {
  const { cpu, memory } = fields;
  const quantities = present({ cpu: trimmed(cpu), memory: trimmed(memory) });
  const submission = present({
    name: fields.name.trim(),
    priority: numberOf(fields.priority),
    queue: trimmed(fields.queue),
    namespace: trimmed(fields.namespace),
    image: trimmed(fields.image),
    command: linesOf(fields.command),
    args: linesOf(fields.args),
    env: linesOf(fields.env)?.map(variableOf),
    resources: Object.keys(quantities).length > 0 ? { requests: quantities, limits: quantities } : undefined,
    labels: labelsOf(fields.labels),
    timeout_seconds: numberOf(fields.timeout),
    retries: trimmed(fields.retries) && { max: numberOf(fields.retries) },
    hold: fields.hold || undefined,
    results: fields.results || undefined,
  });
  return submission as unknown as SubmissionDocument;
}

const places: ReadonlyArray<[prefix: string, field: keyof Fields]> = [
  ...(['requests', 'limits'] as const).flatMap((kind) =>
    (['cpu', 'memory'] as const).map((field) => [`/resources/${kind}/${field}`, field] as [string, keyof Fields]),
  ),
  ['/timeout_seconds', 'timeout'],
  ...(['name', 'priority', 'queue', 'namespace', 'image', 'command', 'args', 'env', 'labels'] as const).map(
    (field) => [`/${field}`, field] as [string, keyof Fields],
  ),
  ...(['retries', 'hold', 'results'] as const).map((field) => [`/${field}`, field] as [string, keyof Fields]),
];

/** The field that a pointer is about; undefined when it is about none. */
export function fieldOf(pointer: string): keyof Fields | undefined {
  return places.find(([prefix]) => pointer === prefix || pointer.startsWith(`${prefix}/`))?.[1];
}

function present(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function trimmed(text: string): string | undefined {
  return text.trim() === '' ? undefined : text.trim();
}

function numberOf(text: string): number | string | undefined {
  const given = trimmed(text);
  if (given === undefined) return undefined;
  return Number.isNaN(Number(given)) ? given : Number(given);
}

function linesOf(text: string): string[] | undefined {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.length === 0 ? undefined : lines;
}

function variableOf(line: string): { name: string; value: string } {
  const [name, value] = halves(line);
  return { name, value };
}

function labelsOf(text: string): Record<string, string> | undefined {
  const lines = linesOf(text);
  return lines && Object.fromEntries(lines.map(halves));
}

function halves(line: string): [string, string] {
  const at = line.indexOf('=');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}
