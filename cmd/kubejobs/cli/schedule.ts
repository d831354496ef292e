// `kubejobs schedule`: jobs that are submitted again and again, by the time of a clock.
import type { Command, Option } from 'commander';
import { ConfigurationError } from '../../../internal/platform/configuration.ts';
import type { NewScheduleDocument, ScheduleFields, SubmissionDocument } from '../../../pkg/client/index.ts';
import { concurrencyPolicies } from '../../../pkg/models/index.ts';
import { addClientCommand, type Invocation } from './command.ts';
import { readDocuments, type SourceDocument } from './documents.ts';
import { exitDone } from './exit-codes.ts';
import { durationAllowed, flag, oneOf, seconds, text, toggle } from './flags.ts';
import type { Io } from './io.ts';
import { printList, printOne } from './output.ts';
import { allItems } from './pages.ts';
import { scheduleView } from './schedule-view.ts';
import { checkCommand, type SubmissionFlags, submissionFlags, submissionOf } from './submission.ts';
import { scheduleFlagOf } from './submission-names.ts';

interface TimingFlags {
  cron?: string;
  timeZone?: string;
  concurrency?: ScheduleFields['concurrency_policy'];
  startingDeadline?: number;
}

interface CreateFlags extends TimingFlags, SubmissionFlags {
  suspend?: true;
}

export function addScheduleCommands(program: Command, io: Io): void {
  const schedule = program.command('schedule').description('jobs that are submitted again and again');
  addClientCommand<CreateFlags>(schedule, io, {
    usage: 'create <NAME> [COMMAND...]',
    help: 'make a schedule for a job: of a file (-f), or of an image and the command behind --',
    flags: createFlags(),
    flagOf: scheduleFlagOf,
    run: create,
  });
  addClientCommand<TimingFlags>(schedule, io, {
    usage: 'set <NAME>',
    help: 'change when a schedule runs',
    flags: timingFlags(),
    flagOf: () => scheduleFlagOf({}),
    run: (invocation) => changed(invocation, timingOf(invocation.flags)),
  });
  for (const suspend of [true, false]) {
    addClientCommand(schedule, io, {
      usage: suspend ? 'suspend <NAME>' : 'resume <NAME>',
      help: suspend ? 'submit nothing until it is resumed' : 'go on with a suspended schedule',
      run: (invocation) => changed(invocation, { suspend }),
    });
  }
  addReadingCommands(schedule, io);
}

function addReadingCommands(schedule: Command, io: Io): void {
  addClientCommand(schedule, io, { usage: 'list', help: 'list schedules', run: list });
  addClientCommand(schedule, io, {
    usage: 'get <NAME>',
    help: 'show a schedule',
    run: async ({ client, operands: [name = ''], format }) => {
      await printOne(io, format, scheduleView, await client.schedule(name));
      return exitDone;
    },
  });
  addClientCommand(schedule, io, {
    usage: 'delete <NAME>',
    help: 'delete a schedule; its jobs stay',
    run: async ({ client, operands: [name = ''], format }) => {
      await printOne(io, format, scheduleView, await client.deleteSchedule(name));
      return exitDone;
    },
  });
}

function timingFlags(): Option[] {
  const { allowed, parse } = oneOf(concurrencyPolicies);
  return [
    flag('--cron <EXPRESSION>', 'when, such as "0 3 * * 1-5"', 'a cron expression', text),
    flag('--time-zone <ZONE>', 'whose clock, such as Europe/Berlin', 'the name of a time zone', text),
    flag('--concurrency <POLICY>', `${allowed}: while its last job is not finished`, allowed, parse),
    flag('--starting-deadline <DURATION>', 'a run that is later than this is missed', durationAllowed, seconds),
  ];
}

function createFlags(): Option[] {
  return [
    ...timingFlags(),
    toggle('--suspend', 'submit nothing until it is resumed'),
    flag('-f, --filename <FILE>', 'the job as YAML or JSON; - is stdin', 'the path of a file, or -', text),
    flag('--name <NAME>', 'the job’s name (default the schedule’s)', 'a name', text),
    ...submissionFlags(),
  ];
}

async function create(invocation: Invocation<CreateFlags>): Promise<number> {
  const { io, client, flags, operands, format } = invocation;
  const [name = '', ...command] = operands;
  checkCommand(flags, command);
  const timing = timingOf(flags);
  if (timing.cron === undefined) throw new ConfigurationError('--cron is missing; allowed is a cron expression');
  const job = (await jobOf(invocation, name, command)) as unknown as SubmissionDocument;
  const schedule: NewScheduleDocument = {
    name,
    cron: timing.cron,
    ...timing,
    ...(flags.suspend && { suspend: true }),
    job,
  };
  await printOne(io, format, scheduleView, await client.createSchedule(schedule));
  return exitDone;
}

async function jobOf(
  { io, flags, namespace }: Invocation<CreateFlags>,
  name: string,
  command: readonly string[],
): Promise<SourceDocument> {
  const documents: SourceDocument[] = [];
  if (flags.filename === undefined) documents.push({ name });
  else for await (const document of readDocuments(io, flags.filename)) documents.push(document);
  const [only, ...more] = documents;
  if (only === undefined || more.length > 0) throw new ConfigurationError('-f: a schedule has one job');
  return { name, ...submissionOf(only, flags, command, namespace) };
}

function timingOf({ cron, timeZone, concurrency, startingDeadline }: TimingFlags): Partial<ScheduleFields> {
  return {
    ...(cron !== undefined && { cron }),
    ...(timeZone !== undefined && { time_zone: timeZone }),
    ...(concurrency !== undefined && { concurrency_policy: concurrency }),
    ...(startingDeadline !== undefined && { starting_deadline_seconds: startingDeadline }),
  };
}

async function changed(
  { io, client, operands: [name = ''], format }: Invocation<object>,
  changes: Partial<ScheduleFields>,
): Promise<number> {
  if (Object.keys(changes).length === 0) {
    throw new ConfigurationError(
      'nothing to change; there are --cron, --time-zone, --concurrency, --starting-deadline',
    );
  }
  await printOne(io, format, scheduleView, await client.changeSchedule(name, changes));
  return exitDone;
}

async function list({ io, client, format }: Invocation<object>): Promise<number> {
  await printList(io, format, scheduleView, await allItems(client.schedules));
  return exitDone;
}
