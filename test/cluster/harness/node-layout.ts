/**
 * Names and places of the real node of one cluster, all derived from its folder, so that whoever cleans up finds them
 * with the folder alone.
 */
import { basename, join } from 'node:path';

export interface NodeLayout {
  /** Of containerd and kubelet. */
  root: string;
  state: string;
  socket: string;
  /** A network interface; at most 15 characters. */
  bridge: string;
  /** Parent of all pods' control groups, relative to where those are mounted. */
  controlGroup: string;
}

export const realNodeName = 'localhost';
export const realNodeTaint = { key: 'kubejobs.io/real', value: 'true', effect: 'NoSchedule' } as const;

export function nodeLayout(folder: string): NodeLayout {
  const id = basename(folder).split('-').at(-1) ?? '';
  const root = join(folder, 'node');
  return {
    root,
    state: join(root, 'state'),
    socket: join(root, 'containerd.sock'),
    bridge: `kjobs-${id}`,
    controlGroup: `/kubejobs-${id}`,
  };
}
