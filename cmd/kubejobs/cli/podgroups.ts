// `kubejobs podgroups`: groups of pods that are to run together, and why they are not ready.
import type { Command } from 'commander';
import type { PodGroupDocument } from '../../../pkg/client/index.ts';
import { addClientCommand, type Invocation } from './command.ts';
import { exitDone } from './exit-codes.ts';
import { flag, notAllowed, oneOf, text } from './flags.ts';
import type { Io } from './io.ts';
import { printList, printOne, type View } from './output.ts';
import { allItems } from './pages.ts';
import { countsText, span } from './table.ts';

interface PodGroupsFlags {
  namespace?: string;
  ready?: 'yes' | 'no';
}

export function addPodGroupsCommand(program: Command, io: Io): void {
  const { allowed, parse } = oneOf(['yes', 'no'] as const);
  addClientCommand<PodGroupsFlags>(program, io, {
    usage: 'podgroups [GROUP]',
    help: 'groups of pods that are to run together, and why they are not ready; NAMESPACE/NAME shows one',
    flags: [
      flag('-n, --namespace <NAME>', 'only groups of this namespace', 'a name', text),
      flag('--ready <WHICH>', 'only those that are ready, or only those that are not', allowed, parse),
    ],
    run: podGroups,
  });
}

async function podGroups({ io, client, flags, operands, format }: Invocation<PodGroupsFlags>): Promise<number> {
  const view = podGroupView(io.now);
  const [which] = operands;
  if (which !== undefined) {
    const [, namespace, name] = /^([^/]+)\/([^/]+)$/.exec(which) ?? [];
    if (namespace === undefined || name === undefined) throw notAllowed('the group', which, 'NAMESPACE/NAME');
    await printOne(io, format, view, await client.podGroup(namespace, name));
    return exitDone;
  }
  const { namespace, ready } = flags;
  const query = { ...(namespace !== undefined && { namespace }), ...(ready && { ready: ready === 'yes' }) };
  const groups = await allItems((page) => client.podGroups({ ...query, ...page }));
  await printList(io, format, view, groups, Object.keys(query).length > 0);
  return exitDone;
}

function podGroupView(now: () => number): View<PodGroupDocument> {
  return {
    noun: 'pod groups',
    name: ({ namespace, name }) => `${namespace}/${name}`,
    columns: [
      { heading: 'NAMESPACE', cell: ({ namespace }) => namespace },
      { heading: 'NAME', cell: ({ name }) => name },
      { heading: 'READY', cell: ({ ready }) => (ready ? 'yes' : 'no') },
      { heading: 'SIZE', cell: ({ size }) => size },
      { heading: 'PODS', cell: ({ pods }) => countsText(pods) },
      { heading: 'SINCE', cell: ({ since }) => span(now() - Date.parse(since)) },
      { heading: 'REASON', cell: ({ reason, deadlock }) => (deadlock ? 'deadlock' : reason) },
      { heading: 'MESSAGE', cell: ({ message }) => message },
    ],
    wide: [
      { heading: 'SIZE-FROM', cell: ({ size_from }) => size_from },
      { heading: 'LABELLED', cell: ({ labelled }) => labelled },
      { heading: 'WAITS-WITH', cell: ({ deadlock }) => deadlock?.groups.join(', ') },
    ],
  };
}
