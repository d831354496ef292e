// `kubejobs webhook`: messages about finished jobs that have not arrived, and sending them again.
import type { Command } from 'commander';
import type { DeliveryDocument } from '../../../pkg/client/index.ts';
import { type DeliveryState, deliveryStates } from '../../../pkg/models/index.ts';
import { addClientCommand, type Invocation } from './command.ts';
import { forEach } from './each.ts';
import { exitDone, exitFailed } from './exit-codes.ts';
import { flag, oneOf } from './flags.ts';
import type { Io } from './io.ts';
import { printList, printSome, type View } from './output.ts';
import { allItems } from './pages.ts';

interface ListFlags {
  state?: DeliveryState;
}

const deliveryView: View<DeliveryDocument> = {
  noun: 'deliveries',
  name: ({ delivery_id }) => delivery_id,
  columns: [
    { heading: 'DELIVERY-ID', cell: ({ delivery_id }) => delivery_id },
    { heading: 'JOB-ID', cell: ({ job_id }) => job_id },
    { heading: 'STATE', cell: ({ state }) => state },
    { heading: 'TRIES', cell: ({ tries }) => tries },
    { heading: 'STATUS', cell: ({ last_status }) => last_status },
    { heading: 'URL', cell: ({ url }) => url },
  ],
  wide: [
    { heading: 'NEXT-TRY', cell: ({ next_try_at }) => next_try_at },
    { heading: 'ERROR', cell: ({ last_error }) => last_error },
  ],
};

export function addWebhookCommands(program: Command, io: Io): void {
  const webhook = program.command('webhook').description('messages about finished jobs that have not arrived');
  const { allowed, parse } = oneOf(deliveryStates);
  addClientCommand<ListFlags>(webhook, io, {
    usage: 'list',
    help: 'list them, oldest first',
    flags: [flag('--state <STATE>', 'only those in this state', allowed, parse)],
    run: list,
  });
  addClientCommand(webhook, io, {
    usage: 'redeliver <DELIVERY-ID...>',
    help: 'send them again now',
    run: redeliver,
  });
}

async function list({ io, client, flags: { state }, format }: Invocation<ListFlags>): Promise<number> {
  const deliveries = await allItems((page) => client.deliveries({ ...(state && { state }), ...page }));
  await printList(io, format, deliveryView, deliveries, state !== undefined);
  return exitDone;
}

async function redeliver({ io, client, operands, format }: Invocation<object>): Promise<number> {
  const { done, failed } = await forEach(io, operands, (deliveryId) => client.redeliver(deliveryId));
  await printSome(io, format, deliveryView, done, operands.length);
  return failed > 0 ? exitFailed : exitDone;
}
