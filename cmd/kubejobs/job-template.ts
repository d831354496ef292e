// Reads `--job-template`: a batch/v1 Job, or a JobSpec alone, in YAML or JSON. A bad file stops the start.
import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { ConfigurationError } from '../../internal/platform/configuration.ts';
import { builtInTemplate, templateFromDocument } from '../../pkg/kubernetes/manifest.ts';
import type { JobTemplate } from '../../pkg/models/index.ts';

/** The JobSpec for jobs that name no image. */
export function readJobTemplate(file: string | undefined): JobTemplate {
  if (file === undefined) return builtInTemplate;
  const result = templateFromDocument(readDocument(file));
  if (!result.ok) throw problem(file, result.problem);
  return result.template;
}

/** The parser's own words show the text around a mistake, which may be somebody's secret: only its place is told. */
function readDocument(file: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(textOf(file), { prettyErrors: false, lineCounter });
  const mistake = document.errors[0];
  if (mistake !== undefined) {
    const { line, col } = lineCounter.linePos(mistake.pos[0]);
    throw problem(file, `it is not valid YAML at line ${line}, column ${col} (${mistake.code})`);
  }
  try {
    return document.toJS();
  } catch {
    throw problem(file, 'it uses YAML that cannot be resolved');
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw problem(file, (error as Error).message);
  }
}

function problem(file: string, what: string): ConfigurationError {
  return new ConfigurationError(`--job-template ${file} cannot be used: ${what}`);
}
