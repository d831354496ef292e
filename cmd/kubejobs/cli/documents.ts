// The documents of a file or of stdin: YAML (several, with `---` between them, or a list), JSON, or NDJSON. A first line
// that is a whole JSON object makes it NDJSON, which is read line by line, so that there may be any number of them.
import { createReadStream } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { ConfigurationError } from '../../../internal/platform/configuration.ts';
import { linesOf } from '../../../pkg/client/lines.ts';
import { whyUnreadable } from '../mistakes.ts';
import type { Io } from './io.ts';

export type SourceDocument = Record<string, unknown>;

/** Rejects with a ConfigurationError that names the file and the line or the document. */
export async function* readDocuments(io: Io, file: string): AsyncIterable<SourceDocument> {
  const source = file === '-' ? 'stdin' : file;
  const lines = readLines(io, file, source)[Symbol.asyncIterator]();
  const before: string[] = [];
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    if (isWholeObject(next.value)) {
      yield* jsonLines(source, next.value, before.length + 1, { [Symbol.asyncIterator]: () => lines });
      return;
    }
    before.push(next.value);
    if (next.value.trim() === '') continue;
    for (let more = await lines.next(); !more.done; more = await lines.next()) before.push(more.value);
    break;
  }
  const text = before.join('\n');
  const documents = source.endsWith('.json') && text.trim() !== '' ? jsonDocuments : yamlDocuments;
  yield* documents(source, text);
}

async function* readLines(io: Io, file: string, source: string): AsyncIterable<string> {
  try {
    yield* linesOf(file === '-' ? io.stdin : (createReadStream(file) as AsyncIterable<Uint8Array>));
  } catch (error) {
    throw new ConfigurationError(`${source} cannot be read: ${whyUnreadable(error)}`);
  }
}

function isWholeObject(line: string): boolean {
  if (!/^\s*\{.*\}\s*$/.test(line)) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

async function* jsonLines(
  source: string,
  first: string,
  firstNumber: number,
  rest: AsyncIterable<string>,
): AsyncIterable<SourceDocument> {
  yield JSON.parse(first) as SourceDocument;
  let number = firstNumber;
  for await (const line of rest) {
    number += 1;
    if (!/^\s*(---)?\s*$/.test(line)) yield jsonLine(source, line, number);
  }
}

function jsonLine(source: string, line: string, number: number): SourceDocument {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new ConfigurationError(`${source}, line ${number} is not JSON, as its first line is`);
  }
  return recordOf(value, `${source}, line ${number}`);
}

function* yamlDocuments(source: string, text: string): Iterable<SourceDocument> {
  const documents = parseAllDocuments(text).filter((document) => document.contents !== null);
  const [error] = documents.flatMap((document) => document.errors);
  if (error !== undefined) throw new ConfigurationError(`${source} cannot be read: ${error.message.split('\n', 1)[0]}`);
  if (documents.length === 0) throw new ConfigurationError(`${source} has no document`);
  yield* recordsOf(
    source,
    documents.flatMap((document) => document.toJS() as unknown),
  );
}

/** JSON is YAML too, but what is meant as JSON and is none is told in the words of JSON. */
function* jsonDocuments(source: string, text: string): Iterable<SourceDocument> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigurationError(`${source} is not JSON: ${(error as Error).message}`);
  }
  yield* recordsOf(source, [value].flat());
}

function* recordsOf(source: string, values: readonly unknown[]): Iterable<SourceDocument> {
  for (const [index, value] of values.entries()) yield recordOf(value, `${source}, document ${index + 1}`);
}

function recordOf(value: unknown, where: string): SourceDocument {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as SourceDocument;
  throw new ConfigurationError(`${where} must be a map of fields, as the body of POST /jobs is`);
}
