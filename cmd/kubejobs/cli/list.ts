// `kubejobs list`: jobs by what they are, newest first, or the queue in its order.
import type { Command } from 'commander';
import { ConfigurationError, integer } from '../../../internal/platform/configuration.ts';
import type { Client, EventsOptions, JobDocument, JobsQuery } from '../../../pkg/client/index.ts';
import type { JobState } from '../../../pkg/models/index.ts';
import { addClientCommand, type Invocation } from './command.ts';
import { exitDone } from './exit-codes.ts';
import { flag, notAllowed, pair, pairAllowed, repeated, states, statesAllowed, text, toggle } from './flags.ts';
import { type Io, note } from './io.ts';
import { jobView, queueView } from './job-views.ts';
import { printList, type View } from './output.ts';
import { everyItem, firstItems, type LoadPage } from './pages.ts';
import { watch } from './watch.ts';

export interface FilterFlags {
  state?: JobState[];
  queue?: string;
  name?: string;
  label?: Array<[string, string]>;
}

interface ListFlags extends FilterFlags {
  limit?: number;
  all?: true;
  watch?: true;
}

const limitDefault = 1_000;

export function filterFlags() {
  return [
    flag('--state <STATES>', 'only jobs in these states', statesAllowed, states),
    flag('--queue <NAME>', 'only jobs of this queue', 'a name', text),
    flag('--name <NAME>', 'only jobs of this name; "train-*": whose name begins like that', 'a name', text),
    repeated('-l, --label <KEY=VALUE>', 'only jobs with this label', pairAllowed, pair),
  ];
}

export function addListCommand(program: Command, io: Io): void {
  addClientCommand<ListFlags>(program, io, {
    usage: 'list [QUEUE-LIST]',
    help: 'list jobs, newest first; `list pending` and `list running` show the queue in its order',
    flags: [
      ...filterFlags(),
      flag(
        '--limit <NUMBER>',
        `at most so many (default ${limitDefault})`,
        'an integer from 1',
        integer(1, 999_999_999),
      ),
      toggle('--all', 'all there are'),
      toggle('-w, --watch', 'go on and show changes: in place on a terminal, a line each elsewhere'),
    ],
    streams: true,
    run: list,
  });
}

async function list(invocation: Invocation<ListFlags>): Promise<number> {
  const { io, client, flags, operands } = invocation;
  const [which] = operands;
  if (which === undefined) {
    const query = queryOf(flags);
    return show(invocation, jobView(io.now), (page) => client.list({ ...query, ...page }));
  }
  if (which !== 'pending' && which !== 'running') throw notAllowed('the list', which, 'pending or running');
  const [filter] = Object.keys(queryOf(flags));
  if (filter !== undefined) throw new ConfigurationError(`--state, --queue, --name and --label are not for ${which}`);
  return show(invocation, queueView, (page) => client[which](page));
}

export function queryOf({ state, queue, name, label }: FilterFlags): JobsQuery {
  return {
    ...(state && { states: state }),
    ...(queue !== undefined && { queue }),
    ...(name !== undefined && { name }),
    ...(label && { labels: Object.fromEntries(label) }),
  };
}

async function show<T extends { job_id: string }>(
  { io, client, flags, format }: Invocation<ListFlags>,
  view: View<T>,
  load: LoadPage<T>,
): Promise<number> {
  const limit = flags.all ? Number.POSITIVE_INFINITY : (flags.limit ?? limitDefault);
  if (flags.watch) {
    const { queue } = flags;
    const events = (on: EventsOptions) => client.events({ queue, ...on });
    await watch({ io, format, view, load: async () => (await firstItems(load, limit)).items, events });
    return exitDone;
  }
  const { items, more, total } = await firstItems(load, limit);
  await printList(io, format, view, items, Object.keys(queryOf(flags)).length > 0);
  if (more) note(io, `only ${items.length}${total === undefined ? '' : ` of ${total}`} are shown (--all, --limit)`);
  return exitDone;
}

/** Page by page, so that any number of jobs can be gone through. */
export function everyJob(client: Client, query: JobsQuery): AsyncIterable<JobDocument> {
  return everyItem((page) => client.list({ ...query, ...page }));
}
