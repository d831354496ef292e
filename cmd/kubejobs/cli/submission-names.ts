// What the fields of a submission or a schedule are called on the command line, so that a refusal names the flag that has to
// be changed. A field that came from a file keeps its JSON pointer, which shows where in the file it is.
import type { FlagOf } from './explain.ts';
import { gpuResource, type SubmissionFlags } from './submission.ts';

/** Of a submission made of these flags. */
export function submissionFlagOf(flags: SubmissionFlags): FlagOf {
  return (pointer) => {
    const [field = '', ...inside] = segments(pointer);
    const place = field === 'resources' ? `${field}/${inside.at(-1)}` : field;
    const [flag, spelling] = Object.hasOwn(submissionNames, place) ? (submissionNames[place] ?? []) : [];
    if (flag === undefined || flags[flag] === undefined) return undefined;
    // Of these the file may have given the part that is wrong.
    const isMixed = flags.filename !== undefined && ['env', 'label', 'annotation'].includes(flag);
    return isMixed ? undefined : spelling;
  };
}

const submissionNames: Record<string, [keyof SubmissionFlags, string]> = {
  name: ['name', '--name'],
  priority: ['priority', '--priority'],
  queue: ['queue', '--queue'],
  namespace: ['namespace', '--namespace'],
  image: ['image', '--image'],
  'resources/cpu': ['cpu', '--cpu'],
  'resources/memory': ['memory', '--memory'],
  [`resources/${gpuResource}`]: ['gpu', '--gpu'],
  env: ['env', '--env'],
  labels: ['label', '--label'],
  annotations: ['annotation', '--annotation'],
  hold: ['hold', '--hold'],
  start_after: ['startAfter', '--start-after'],
  after: ['after', '--after'],
  timeout_seconds: ['timeout', '--timeout'],
  queue_timeout_seconds: ['queueTimeout', '--queue-timeout'],
  retries: ['retries', '--retries'],
  results: ['results', '--results'],
  on_finish: ['onFinish', '--on-finish'],
};

const timingNames: Record<string, string> = {
  name: 'the name argument',
  cron: '--cron',
  time_zone: '--time-zone',
  concurrency_policy: '--concurrency',
  starting_deadline_seconds: '--starting-deadline',
};

/** Of a schedule, whose job lies in its field `job`. */
export function scheduleFlagOf(flags: SubmissionFlags): FlagOf {
  const ofJob = submissionFlagOf(flags);
  return (pointer) => {
    const [field = ''] = segments(pointer);
    if (field !== 'job') return Object.hasOwn(timingNames, field) ? timingNames[field] : undefined;
    const inJob = pointer.slice('/job'.length);
    const isNamed = flags.name !== undefined || flags.filename !== undefined;
    return inJob === '/name' && !isNamed ? timingNames.name : ofJob(inJob);
  };
}

/** Of a JSON pointer (RFC 6901). */
function segments(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}
