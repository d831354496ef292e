// `kubejobs policy check`: says of each document whether the server would accept it under this policy, and names every
// field that it would refuse. A document is a body of POST /jobs or a whole Job, JobSet or PyTorchJob. Without one the
// policy itself is read and printed as it is in force. It asks no server and no cluster.
import { readFileSync } from 'node:fs';
import { parseAllDocuments, stringify } from 'yaml';
import { ConfigurationError, parseConfiguration } from '../../internal/platform/configuration.ts';
import { type BodyJudgement, judgeBody } from '../../pkg/api/judge-body.ts';
import {
  checkNamespace,
  checkPodTemplates,
  judgedKinds,
  judgeSubmission,
  podTemplatesOf,
  policyDocumentOf,
  type SubmissionRules,
} from '../../pkg/kubernetes/policy/index.ts';
import type { FieldError } from '../../pkg/models/index.ts';
import { readJobTemplate } from './job-template.ts';
import { checkOwnTemplate, effectivePolicy, firstLine, readPolicy } from './policy.ts';
import { policyCheckOptions } from './policy-options.ts';

interface Verdict {
  /** What it is, for people. */
  what: string;
  problems: readonly FieldError[];
}

/** True when all is accepted. Throws a ConfigurationError for what cannot be read. */
export function policyCheck(
  flags: Readonly<Record<string, string | boolean | undefined>>,
  environment: NodeJS.ProcessEnv,
  print: (line: string) => void,
): boolean {
  const settings = parseConfiguration(policyCheckOptions, flags, environment);
  const { namespace } = settings;
  const policy = effectivePolicy(readPolicy(settings), namespace);
  const defaultTemplate = readJobTemplate(settings.jobTemplate);
  checkOwnTemplate(settings.jobTemplate, defaultTemplate, policy);
  if (typeof flags.filename !== 'string') {
    print(stringify(policyDocumentOf(policy)).trimEnd());
    return true;
  }
  const rules = { policy, namespace, defaultTemplate };
  const verdicts = readDocuments(flags.filename).map((document) => judge(document, rules));
  return report(flags.filename, verdicts, print);
}

function readDocuments(file: string): unknown[] {
  const documents = parseAllDocuments(readText(file)).filter((document) => document.contents !== null);
  const [error] = documents.flatMap((document) => document.errors);
  if (error !== undefined) throw new ConfigurationError(`${file} cannot be read: ${firstLine(error.message)}`);
  if (documents.length === 0) throw new ConfigurationError(`${file} has no document`);
  return documents.map((document) => document.toJS() as unknown);
}

function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function judge(document: unknown, rules: SubmissionRules): Verdict {
  return isWorkload(document) ? judgeManifest(document, rules) : judgeSubmitted(judgeBody(document), rules);
}

interface Manifest {
  kind: string;
  metadata?: { name?: unknown; namespace?: unknown };
}

function isWorkload(document: unknown): document is Manifest {
  return typeof document === 'object' && document !== null && 'kind' in document && typeof document.kind === 'string';
}

function judgeManifest(object: Manifest, { policy, namespace: own }: SubmissionRules): Verdict {
  const what = `${object.kind} ${String(object.metadata?.name ?? '')}`.trimEnd();
  const templates = podTemplatesOf(object);
  if (templates === undefined) {
    const detail = `must be one of ${judgedKinds.join(', ')}, or left out in a body of POST /jobs`;
    return { what, problems: [{ pointer: '/kind', detail }] };
  }
  const namespace = checkNamespace(String(object.metadata?.namespace ?? own), policy);
  const there = namespace === undefined ? [] : [{ pointer: '/metadata/namespace', detail: namespace }];
  return { what, problems: [...there, ...checkPodTemplates(templates, policy)] };
}

function judgeSubmitted(body: BodyJudgement, rules: SubmissionRules): Verdict {
  if (!body.ok) return { what: 'job', problems: body.errors };
  return { what: `job ${body.submission.name}`, problems: judgeSubmission(body.submission, rules)?.errors ?? [] };
}

function report(file: string, verdicts: readonly Verdict[], print: (line: string) => void): boolean {
  for (const [index, { what, problems }] of verdicts.entries()) {
    const where = verdicts.length > 1 ? `${file}, document ${index + 1}` : file;
    print(oneLine(`${where}: ${what} ${problems.length === 0 ? 'is accepted' : 'is refused'}`));
    for (const { pointer, detail } of problems) print(oneLine(`  ${pointer === '' ? 'it' : pointer} ${detail}`));
  }
  return verdicts.every(({ problems }) => problems.length === 0);
}

/** Whoever wrote the file has no business with the reader's terminal. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}
