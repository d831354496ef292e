// YAML to submissions and back, and from a JSON pointer to the line that it means. A bare Kubernetes manifest counts as a
// submission of it, as on the command line.
import { type Document, isMap, LineCounter, parseAllDocuments, stringify } from 'yaml';
import type { SubmissionDocument } from '../../pkg/client/index.ts';
import type { Mistake } from './mistake.ts';

export interface PlacedMistake extends Mistake {
  /** From 1; undefined when it is about no line. */
  line: number | undefined;
}

export interface Parsed {
  submissions: SubmissionDocument | SubmissionDocument[];
  /** Where the place that a mistake is about is written. */
  place(mistake: Mistake): PlacedMistake;
}

export function yamlOf(submission: object): string {
  return stringify(submission);
}

/** Mistakes of the YAML itself instead, when it has any. */
export function parseYaml(text: string): Parsed | { mistakes: PlacedMistake[] } {
  const lines = new LineCounter();
  const documents = [...parseAllDocuments(text, { lineCounter: lines })] as Document[];
  const errors = documents.flatMap((document) => document.errors);
  if (errors.length > 0) {
    return {
      mistakes: errors.map(({ message, pos }) => ({
        pointer: '',
        words: firstLineOf(message),
        line: lines.linePos(pos[0]).line,
      })),
    };
  }
  if (documents.length === 0)
    return { mistakes: [{ pointer: '', words: 'There is nothing to submit.', line: undefined }] };
  const [first] = documents;
  const values = documents.map((document) => wrapped(document.toJS()));
  const isOne = documents.length === 1;
  return {
    submissions: (isOne ? values[0] : values) as SubmissionDocument | SubmissionDocument[],
    place: (mistake) => {
      const [index, path] = isOne ? [0, pathOf(mistake.pointer)] : splitPath(mistake.pointer);
      const document = documents[index] ?? (first as Document);
      return { ...mistake, line: lineOf(document, lines, isManifest(document.toJS()) ? path.slice(1) : path) };
    },
  };
}

/** Without the place, which is shown beside it. */
function firstLineOf(message: string): string {
  const [line = ''] = message.split('\n');
  return line.replace(/(?: at line \d+, column \d+)?:$/, '');
}

function isManifest(value: unknown): value is { metadata?: { name?: string } } {
  return typeof value === 'object' && value !== null && 'apiVersion' in value && 'kind' in value;
}

function wrapped(value: unknown): unknown {
  return isManifest(value) ? { name: value.metadata?.name ?? 'job', workload: value } : value;
}

/** https://www.rfc-editor.org/rfc/rfc6901 */
function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function splitPath(pointer: string): [number, string[]] {
  const [index = '0', ...path] = pathOf(pointer);
  return [Number(index), path];
}

/** Of the deepest part of the path that is written. */
function lineOf(document: Document, lines: LineCounter, path: readonly string[]): number | undefined {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const at = offsetOf(document, path.slice(0, depth));
    if (at !== undefined) return lines.linePos(at).line;
  }
  return undefined;
}

function offsetOf(document: Document, path: readonly string[]): number | undefined {
  const parent = path.length < 2 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (path.length > 0 && isMap(parent)) {
    const pair = parent.items.find(({ key }) => String(key) === path.at(-1));
    return (pair?.key as { range?: [number] } | undefined)?.range?.[0];
  }
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  return (node as { range?: [number] } | null | undefined)?.range?.[0];
}
