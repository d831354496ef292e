// The commands that speak to a server, in the order of the help.
import type { Command } from 'commander';
import { addChangeCommands } from './changes.ts';
import { addCompletionCommand } from './completion.ts';
import { addConfigCommands } from './config.ts';
import { addDebugCommands } from './debug.ts';
import { addEventsCommand } from './events.ts';
import { addGetCommand } from './get.ts';
import type { Io } from './io.ts';
import { addListCommand } from './list.ts';
import { addLogsCommand } from './logs.ts';
import { addPodGroupsCommand } from './podgroups.ts';
import { addQueueCommands } from './queue.ts';
import { addRetryCommand } from './retry.ts';
import { addScheduleCommands } from './schedule.ts';
import { addSubmitCommand } from './submit.ts';
import { addWaitCommand } from './wait.ts';
import { addWebhookCommands } from './webhook.ts';

export { explainClientError } from './explain.ts';
export { type Io, processIo } from './io.ts';

export function addClientCommands(program: Command, io: Io): void {
  addSubmitCommand(program, io);
  addListCommand(program, io);
  addGetCommand(program, io);
  addWaitCommand(program, io);
  addLogsCommand(program, io);
  addEventsCommand(program, io);
  addRetryCommand(program, io);
  addChangeCommands(program, io);
  addQueueCommands(program, io);
  addScheduleCommands(program, io);
  addWebhookCommands(program, io);
  addPodGroupsCommand(program, io);
  addDebugCommands(program, io);
  addConfigCommands(program, io);
  addCompletionCommand(program, io);
}
