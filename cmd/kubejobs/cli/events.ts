// `kubejobs events`: every change of state as it happens, across lost connections.
import type { Command } from 'commander';
import { addClientCommand, type Invocation } from './command.ts';
import { exitDone } from './exit-codes.ts';
import { flag, text } from './flags.ts';
import { type Io, note } from './io.ts';
import { eventView, eventWidths } from './job-views.ts';
import { linePrinter } from './output.ts';

interface EventsFlags {
  job?: string;
  queue?: string;
  after?: string;
}

export function addEventsCommand(program: Command, io: Io): void {
  addClientCommand<EventsFlags>(program, io, {
    usage: 'events',
    help: 'print every change of state as it happens, until interrupted',
    flags: [
      flag('--job <JOB-ID>', 'only of this job', 'a job id', text),
      flag('--queue <NAME>', 'only of this queue', 'a name', text),
      flag('--after <ID>', 'begin after this event (default now)', 'the id of an event', eventId),
    ],
    streams: true,
    run: events,
  });
}

function eventId(given: string): string | undefined {
  return /^\d+$/.test(given) ? given : undefined;
}

async function events({ io, client, flags, format }: Invocation<EventsFlags>): Promise<number> {
  const { job, queue, after } = flags;
  const print = linePrinter(io, format, eventView, eventWidths);
  const stream = client.events({ jobId: job, queue, lastEventId: after, signal: io.signal });
  for await (const event of stream) {
    if (event.type === 'reset') note(io, 'some events are gone: the server no longer has those before the next');
    else await print({ id: event.id, ...event.change });
  }
  return exitDone;
}
