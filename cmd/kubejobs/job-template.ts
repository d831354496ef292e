// Reads `--job-template`: a batch/v1 Job, or a JobSpec alone, in YAML or JSON. A bad file stops the start.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
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

function readDocument(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw problem(file, (error as Error).message);
  }
}

function problem(file: string, what: string): ConfigurationError {
  return new ConfigurationError(`--job-template ${file} cannot be used: ${what}`);
}
